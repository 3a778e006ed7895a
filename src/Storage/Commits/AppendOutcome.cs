using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Commits;

/// <summary>The result of one append.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>The append is durable.</summary>
    public sealed record Committed : AppendOutcome
    {
        public static readonly Committed Instance = new();
    }

    /// <summary>The store already held some of the new ids. Nothing was written. Decide again with these rows as prior.</summary>
    public sealed record IdsTaken(
        IReadOnlyList<StoredEvent> Events,
        IReadOnlyList<StepRow> Steps,
        IReadOnlyList<StoredRejection> Rejections) : AppendOutcome;

    /// <summary>Another writer changed the execution first. Nothing was written. Load and decide again.</summary>
    public sealed record VersionMismatch : AppendOutcome
    {
        public static readonly VersionMismatch Instance = new();
    }

    /// <summary>The id belongs to an execution that was deleted for good. Nothing was written.</summary>
    public sealed record Forgotten : AppendOutcome
    {
        public static readonly Forgotten Instance = new();
    }

    /// <summary>The store rejected the content of this append. Nothing was written. The other appends of the batch are not affected.</summary>
    public sealed record Refused(string Reason) : AppendOutcome;

    /// <summary>The store is unavailable. Nothing was written, unless <paramref name="Uncertain"/>: then read back whether the write happened.</summary>
    public sealed record Unavailable(string Reason, bool Uncertain) : AppendOutcome;

    /// <summary>The commit queue is full. Nothing was written.</summary>
    public sealed record Overloaded : AppendOutcome
    {
        public static readonly Overloaded Instance = new();
    }
}
