using System.Security.Cryptography;
using System.Text;

namespace ExecutionGrains.Storage.Lists;

/// <summary>
/// An index on the list's order (created_at, id), preceded by its filter columns; for label rows if <paramref name="IsOfLabel"/>. Every filter has an index,
/// alone and combined with status, workflow and namespace, so that such a list is one range of one index. The indexes have the same names in both stores.
/// </summary>
internal sealed record ListIndex(string Name, string[] Columns, bool IsOfLabel = false)
{
    /// <summary>The table of label rows, whose primary key finds executions by label, alone or with the value of status, workflow or namespace.</summary>
    public const string Labels = "execution_labels";

    /// <summary>All indexes, the most selective kind first. The order decides if counting rows does not.</summary>
    public static readonly IReadOnlyList<ListIndex> All =
    [
        .. Of("executions_resolution", "resolution"),
        .. Of("executions_late", "late_count"),
        .. Of("executions_worker", "worker_id"),
        new(Labels, ["status"], true),
        new(Labels, ["workflow"], true),
        new(Labels, ["namespace"], true),
        new(Labels, [], true),
        .. Of("executions_triggered", "triggered_by"),
        .. Of("executions_cause", "cause"),
        new("executions_workflow_status", ["workflow", "status"]),
        new("executions_namespace_workflow", ["namespace", "workflow"]),
        new("executions_workflow", ["workflow"]),
        new("executions_namespace_status", ["namespace", "status"]),
        new("executions_namespace", ["namespace"]),
        new("executions_status", ["status"]),
        new("executions_created", []),
    ];

    /// <summary>Longest value stored as it is, in UTF-8 bytes. A label and its facet form one index entry, which PostgreSQL limits to 2,704 bytes.</summary>
    private const int FacetMax = 240;

    /// <summary>
    /// The facet of a label row: empty, or the value of one column of the execution. A value over 240 bytes is replaced by 128 bits of its SHA-256. The
    /// function label_facet of PostgreSQL must return the same text.
    /// </summary>
    public static string Facet(string? column = null, string? value = null) =>
        column is null || value is null ? string.Empty
        : Encoding.UTF8.GetByteCount(value) <= FacetMax ? $"{column}={value}"
        : $"{column}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 16))}";

    /// <summary>The facets of one execution. Each label has one row per facet.</summary>
    public static string[] Facets(string status, string workflow, string @namespace) =>
        [Facet(), Facet("status", status), Facet("workflow", workflow), Facet("namespace", @namespace)];

    private static IEnumerable<ListIndex> Of(string name, string column) =>
    [
        new($"{name}_status", [column, "status"]), new($"{name}_workflow", [column, "workflow"]), new($"{name}_namespace", [column, "namespace"]),
        new(name, [column]),
    ];
}
