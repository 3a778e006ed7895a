using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>What became of one append.</summary>
public abstract record AppendOutcome
{
    private AppendOutcome()
    {
    }

    /// <summary>Durable.</summary>
    public sealed record Committed : AppendOutcome
    {
        public static readonly Committed Instance = new();
    }

    /// <summary>Some ids were not new. Nothing was written; decide again with these as prior.</summary>
    public sealed record Found(
        IReadOnlyList<PriorEvent> Events,
        IReadOnlyList<StepRow> Steps,
        IReadOnlyList<PriorRejection> Rejections) : AppendOutcome;

    /// <summary>Somebody else wrote first. Nothing was written; load and decide again.</summary>
    public sealed record VersionMismatch : AppendOutcome
    {
        public static readonly VersionMismatch Instance = new();
    }

    /// <summary>The id is that of an execution that was forgotten. Nothing was written.</summary>
    public sealed record Forgotten : AppendOutcome
    {
        public static readonly Forgotten Instance = new();
    }

    /// <summary>The store refused this append by its content; its neighbours are unharmed. Nothing was written.</summary>
    public sealed record Refused(string Reason) : AppendOutcome;

    /// <summary>The store is away. Nothing was written, or, where <paramref name="Uncertain"/>, it must be read back.</summary>
    public sealed record Unavailable(string Reason, bool Uncertain) : AppendOutcome;

    /// <summary>The commit queue is full. Nothing was written.</summary>
    public sealed record Overloaded : AppendOutcome
    {
        public static readonly Overloaded Instance = new();
    }
}
