using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Auditing;

/// <summary>Filters of the audit. A null filter matches everything.</summary>
public sealed record AuditFilter
{
    public static readonly AuditFilter All = new();

    /// <summary>The namespaces that the caller may see. Null: all, including rows without a namespace.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    public string? By { get; init; }

    public string? Action { get; init; }

    public string? ExecutionId { get; init; }

    /// <summary>Inclusive lower bound.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive upper bound.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The same decision as the stores' queries make.</summary>
    public bool Matches(AuditRow row) =>
        (Namespaces is null || (row.Namespace is not null && Namespaces.Contains(row.Namespace, StringComparer.Ordinal)))
        && (By is null || row.By == By)
        && (Action is null || row.Action == Action)
        && (ExecutionId is null || row.ExecutionId == ExecutionId)
        && (From is null || row.At >= From)
        && (To is null || row.At < To);

    internal string Canonical =>
        $"audit {StateJson.Texts(Namespaces)} {Texts(By, Action, ExecutionId)} {From?.UtcTicks} {To?.UtcTicks}";

    private static string? Texts(params string?[] texts) => StateJson.Texts(Array.ConvertAll(texts, text => text ?? string.Empty));
}
