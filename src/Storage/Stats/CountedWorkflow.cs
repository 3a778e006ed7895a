using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Stats;

/// <summary>
/// Names under which figures are stored. The first 10,000 workflows of a namespace are counted separately, the others of that namespace together. Names
/// stored by an earlier version, which had one list for all namespaces, stay valid.
/// </summary>
internal static class CountedWorkflow
{
    /// <summary>Name of the sum over all workflows.</summary>
    public const string Total = "";

    /// <summary>Name of the sum over the workflows of a namespace that are not counted separately. No workflow can have it.</summary>
    public const string Overflow = "\u001Fother";

    /// <summary>Workflows counted separately per namespace.</summary>
    public const int Max = 10_000;

    /// <summary>Occurs in no namespace and no workflow name.</summary>
    private const char Separator = '\u001F';

    /// <summary>Prefix of the stored names of a namespace.</summary>
    public static string Prefix(string @namespace) => @namespace + Separator;

    /// <summary>
    /// The workflow that an end is counted for: the execution's workflow at that moment. If a later event of the same append changes the workflow, the
    /// <see cref="Rules.Effect.CorrectStatistics"/> after it moves the count.
    /// </summary>
    public static string OfEnd(Append append, Rules.Effect.CountEndedEpoch ended) => append.Effects.SkipWhile(effect => !ReferenceEquals(effect, ended))
        .OfType<Rules.Effect.CorrectStatistics>().FirstOrDefault()?.FromWorkflow ?? append.State.Workflow;

    /// <summary>The name under which the workflow's figures are stored.</summary>
    public static string Name(string @namespace, string workflow) => Prefix(@namespace) + workflow;

    /// <summary>The namespace of a stored name. Null for a name that applies to all namespaces.</summary>
    public static string? NamespaceOf(string stored) => stored.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var at ? stored[..at] : null;
}
