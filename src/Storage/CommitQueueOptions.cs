namespace ExecutionGrains.Storage;

/// <summary>Bounds of the commit queue.</summary>
public sealed record CommitQueueOptions
{
    /// <summary>Appends that may wait; beyond it the answer is overloaded. Default 20,000; at least 1.</summary>
    public int QueuedMax { get; init; } = 20_000;

    /// <summary>Appends in one transaction. Default 2,000; at least 1.</summary>
    public int BatchMax { get; init; } = 2_000;

    /// <summary>Effects in one transaction; an append with more goes alone. Default 50,000; at least 1.</summary>
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
