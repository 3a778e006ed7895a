namespace ExecutionGrains.Storage;

/// <summary>
/// The workflows that have figures of their own: of each namespace the first 10,000; the others of that namespace are counted as <c>other</c>. A list of
/// before, which was one for all namespaces, still holds.
/// </summary>
internal static class CountedWorkflow
{
    /// <summary>All workflows together.</summary>
    public const string Total = "";
    public const string Other = "other";

    /// <summary>Per namespace.</summary>
    public const int Max = 10_000;

    /// <summary>In no name.</summary>
    private const char Separator = '\u001F';

    /// <summary>How the stored names of a namespace begin.</summary>
    public static string Prefix(string @namespace) => @namespace + Separator;

    /// <summary>
    /// The workflow that an end counts for: what the execution was called then. If a later event of the same append named it, the recount that follows moves it on.
    /// </summary>
    public static string OfEnd(Append append, Rules.Effect.Ended ended) => append.Effects.SkipWhile(effect => !ReferenceEquals(effect, ended))
        .OfType<Rules.Effect.Recount>().FirstOrDefault()?.FromWorkflow ?? append.State.Workflow;

    /// <summary>As it is stored.</summary>
    public static string Name(string @namespace, string workflow) => Prefix(@namespace) + workflow;

    /// <summary>The namespace of a stored name; null for one that holds for all.</summary>
    public static string? NamespaceOf(string stored) => stored.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var at ? stored[..at] : null;
}
