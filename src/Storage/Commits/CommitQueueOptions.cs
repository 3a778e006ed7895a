namespace ExecutionGrains.Storage.Commits;

/// <summary>Limits of the commit queue.</summary>
public sealed record CommitQueueOptions
{
    /// <summary>Appends that may wait. Further appends are answered with <see cref="AppendOutcome.Overloaded"/>. Default 20,000; at least 1.</summary>
    public int QueuedMax { get; init; } = 20_000;

    /// <summary>Appends in one transaction. Default 2,000; at least 1.</summary>
    public int BatchMax { get; init; } = 2_000;

    /// <summary>Effects in one transaction. An append with more effects is committed alone. Default 50,000; at least 1.</summary>
    public int BatchEffectsMax { get; init; } = 50_000;

    internal void Validate()
    {
        var errors = new[] { (nameof(QueuedMax), QueuedMax), (nameof(BatchMax), BatchMax), (nameof(BatchEffectsMax), BatchEffectsMax) }
            .Where(o => o.Item2 < 1)
            .Select(o => $"{o.Item1} must be at least 1, and was {o.Item2}.")
            .ToArray();
        if (errors.Length > 0)
        {
            throw new ArgumentException(string.Join(" ", errors));
        }
    }
}
