namespace ExecutionGrains.Storage.Commits;

/// <summary>The executions that were written. <see cref="Everything"/>: any execution may have been.</summary>
/// <param name="Ids">Distinct. Empty for <see cref="Everything"/>.</param>
/// <param name="IsEverything">True if there were too many ids to list, or if announcements were missed.</param>
/// <param name="AreKeys">Whether API keys or secrets changed, or may have changed.</param>
public sealed record Changes(IReadOnlyCollection<ExecutionId> Ids, bool IsEverything, bool AreKeys = false)
{
    public static readonly Changes Everything = new([], IsEverything: true, AreKeys: true);

    public static Changes Of(IReadOnlyCollection<ExecutionId> ids) => new(ids, IsEverything: false);
}
