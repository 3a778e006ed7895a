using System.Security.Cryptography;
using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>
/// An index in the list's order (created_at, id) below the columns that it is for; of a label where <paramref name="IsOfLabel"/>. Every filter has one,
/// and every filter together with status, workflow and namespace: such a list is one range of one index. Both stores name them alike.
/// </summary>
internal sealed record ListIndex(string Name, string[] Columns, bool IsOfLabel = false)
{
    /// <summary>Executions of a label: below the label, and below it together with the value of one of three columns.</summary>
    public const string Labels = "execution_labels";

    /// <summary>The most selective kind first: it is taken where counting does not tell.</summary>
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

    /// <summary>In bytes. A label and its facet are one entry of an index, which on PostgreSQL holds 2,704.</summary>
    private const int FacetMax = 240;

    /// <summary>
    /// What a label's rows say of an execution besides the label: nothing, or one column's value. A long one is told by 128 bits of its SHA-256. On PostgreSQL
    /// the rows' own is said by the function label_facet.
    /// </summary>
    public static string Facet(string? column = null, string? value = null) =>
        column is null || value is null ? string.Empty
        : Encoding.UTF8.GetByteCount(value) <= FacetMax ? $"{column}={value}"
        : $"{column}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 16))}";

    /// <summary>All that is said of one execution.</summary>
    public static string[] Facets(string status, string workflow, string @namespace) =>
        [Facet(), Facet("status", status), Facet("workflow", workflow), Facet("namespace", @namespace)];

    private static IEnumerable<ListIndex> Of(string name, string column) =>
    [
        new($"{name}_status", [column, "status"]), new($"{name}_workflow", [column, "workflow"]), new($"{name}_namespace", [column, "namespace"]),
        new(name, [column]),
    ];
}
