namespace ExecutionGrains.Storage;

/// <summary>Where grains hand in their appends; whatever has gathered while the last transaction ran becomes the next one.</summary>
public interface ICommitQueue
{
    /// <summary>Completes when the append is durable or is known not to be. Never throws for a store that is away.</summary>
    Task<AppendOutcome> SubmitAsync(Append append);
}
