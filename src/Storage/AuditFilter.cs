namespace ExecutionGrains.Storage;

/// <summary>Which rows of the audit are asked for; a null filters nothing.</summary>
public sealed record AuditFilter
{
    /// <summary>All rows.</summary>
    public static readonly AuditFilter All = new();

    /// <summary>What the caller may see; null is all, also what concerns no namespace.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    public string? By { get; init; }

    public string? Action { get; init; }

    public string? ExecutionId { get; init; }

    /// <summary>From then on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before then.</summary>
    public DateTimeOffset? To { get; init; }

    internal string Canonical =>
        $"audit {StateJson.Texts(Namespaces)} {Texts(By, Action, ExecutionId)} {From?.UtcTicks} {To?.UtcTicks}";

    private static string? Texts(params string?[] texts) => StateJson.Texts(Array.ConvertAll(texts, text => text ?? string.Empty));
}
