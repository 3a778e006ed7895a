namespace ExecutionGrains.Storage.Commits;

/// <summary>Where grains submit appends. Group commit: appends submitted during one transaction form the next.</summary>
public interface ICommitQueue
{
    /// <summary>Completes when the append is durable, or when its failure is known. Does not throw if the store is unavailable.</summary>
    Task<AppendOutcome> SubmitAsync(Append append);
}
