using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace ExecutionGrains;

/// <summary>
/// The id of an execution, unique across all namespaces: 1 to 128 characters of <c>[A-Za-z0-9._:-]</c>, but not <c>.</c> or <c>..</c>. Case-sensitive.
/// </summary>
[GenerateSerializer, Immutable, Alias("eg.execution-id")]
public readonly record struct ExecutionId
{
    /// <summary>The longest id, in characters.</summary>
    public const int LengthMax = 128;

    /// <summary>The rule, for error messages.</summary>
    public const string Rule = "must be 1 to 128 characters of [A-Za-z0-9._:-], but not . or ..";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <exception cref="ArgumentException">The text is not a valid execution id.</exception>
    public ExecutionId(string value)
    {
        if (!IsValid(value))
        {
            throw new ArgumentException($"An execution id {Rule}.", nameof(value));
        }

        Value = value;
    }

    [Id(0)]
    public string Value { get; init; }

    /// <summary>False also for <c>.</c> and <c>..</c>, because a URL that ends in one of them is resolved to another resource.</summary>
    public static bool IsValid([NotNullWhen(true)] string? value) =>
        value is { Length: >= 1 and <= LengthMax } and not ("." or "..") && !value.AsSpan().ContainsAnyExcept(Allowed);

    public override string ToString() => Value;
}
