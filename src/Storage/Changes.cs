namespace ExecutionGrains.Storage;

/// <summary>Which executions were written; <see cref="Everything"/>: any may have been.</summary>
/// <param name="Ids">Each once; empty for <see cref="Everything"/>.</param>
/// <param name="IsEverything">Too many to name, or some were missed.</param>
/// <param name="AreKeys">API keys or secrets changed, or may have.</param>
public sealed record Changes(IReadOnlyCollection<ExecutionId> Ids, bool IsEverything, bool AreKeys = false)
{
    public static readonly Changes Everything = new([], IsEverything: true, AreKeys: true);

    public static Changes Of(IReadOnlyCollection<ExecutionId> ids) => new(ids, IsEverything: false);
}
