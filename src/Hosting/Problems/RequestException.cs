using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Problems;

/// <summary>An error in the request. The problem middleware converts it to a problem response.</summary>
/// <param name="code">One of the codes in <see cref="ProblemCode"/>.</param>
/// <param name="detail">The text for the caller. It must contain no secrets.</param>
/// <param name="errors">The fields that are not valid; null: the error is not about fields.</param>
public sealed class RequestException(string code, string detail, IReadOnlyList<FieldErrorView>? errors = null) : Exception(detail)
{
    public string Code { get; } = code;

    public IReadOnlyList<FieldErrorView>? Errors { get; } = errors;
}
