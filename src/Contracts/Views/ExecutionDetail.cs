using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>One execution with everything that explains it; liveness is current here.</summary>
public sealed record ExecutionDetail : ExecutionSummary
{
    [JsonConstructor]
    public ExecutionDetail()
    {
    }

    /// <summary>The summary, to be completed.</summary>
    [SetsRequiredMembers]
    public ExecutionDetail(ExecutionSummary summary)
        : base(summary)
    {
    }

    public required DiagnosticsView Diagnostics { get; init; } = null!;

    public required CountsView Counts { get; init; } = null!;

    public required LeaseView Lease { get; init; } = null!;

    /// <summary>The last 100 epochs that are over and the current one, oldest first.</summary>
    public required IReadOnlyList<EpochView> Epochs { get; init; } = [];

    /// <summary>At most 100, oldest first.</summary>
    public required IReadOnlyList<EvidenceView> Evidence { get; init; } = [];

    /// <summary>At most 100, oldest first.</summary>
    public required IReadOnlyList<RejectionView> Rejections { get; init; } = [];

    public RawJson? Output { get; init; }

    public RawJson? Error { get; init; }

    public string? ParentExecutionId { get; init; }

    public string? Traceparent { get; init; }

    public bool ExplicitTrace { get; init; }

    public bool Idempotent { get; init; }

    public int MaxAttempts { get; init; }

    public CancelView? Cancel { get; init; }

    /// <summary>The reason that the pause gave; null unless paused.</summary>
    public string? PausedReason { get; init; }
}
