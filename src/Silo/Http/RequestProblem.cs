using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Http;

/// <summary>The caller's mistake, found while a request is read. Ends the request with its problem.</summary>
public sealed class RequestProblem(string code, string detail, IReadOnlyList<FieldErrorView>? errors = null) : Exception(detail)
{
    public string Code { get; } = code;

    public IReadOnlyList<FieldErrorView>? Errors { get; } = errors;
}
