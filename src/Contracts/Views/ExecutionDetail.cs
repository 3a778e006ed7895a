using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>One execution with its diagnostics. Lease, last contact and progress are current here; in lists they may be older.</summary>
public sealed record ExecutionDetail : ExecutionSummary
{
    [JsonConstructor]
    public ExecutionDetail()
    {
    }

    /// <summary>Copies the summary. The initializer sets the other fields.</summary>
    [SetsRequiredMembers]
    public ExecutionDetail(ExecutionSummary summary)
        : base(summary)
    {
    }

    /// <summary>The last blocks of the execution, and how its end was written.</summary>
    public required DiagnosticsView Diagnostics { get; init; } = null!;

    /// <summary>Counts of steps, log lines, events and attempts.</summary>
    public required CountsView Counts { get; init; } = null!;

    /// <summary>The lease and the timeout.</summary>
    public required LeaseView Lease { get; init; } = null!;

    /// <summary>The last 100 closed epochs and the current one, oldest first.</summary>
    public required IReadOnlyList<EpochView> Epochs { get; init; } = [];

    /// <summary>Events that arrived after the end, oldest first, at most 100.</summary>
    public required IReadOnlyList<EvidenceView> Evidence { get; init; } = [];

    /// <summary>Events that were rejected, oldest first, at most 100.</summary>
    public required IReadOnlyList<RejectionView> Rejections { get; init; } = [];

    /// <summary>The final output that the worker reported, as JSON. An output above 64 KiB is cut and is a JSON string. Null if there is none.</summary>
    public RawJson? Output { get; init; }

    /// <summary>The error that the worker reported, as JSON. An error above 64 KiB is cut and is a JSON string. Null if there is none.</summary>
    public RawJson? Error { get; init; }

    /// <summary>The execution that started this one. Null if none was named.</summary>
    public string? ParentExecutionId { get; init; }

    /// <summary>The W3C trace context. Null if none was given.</summary>
    public string? Traceparent { get; init; }

    /// <summary>Whether the input and output of steps are stored.</summary>
    public bool ExplicitTrace { get; init; }

    /// <summary>Whether the tracker requeues the execution by itself if it is lost, up to <c>maxAttempts</c>.</summary>
    public bool Idempotent { get; init; }

    /// <summary>The highest number of epochs that may start, 1 to 1,000.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>The first cancel that was requested in the current epoch. Null if none was.</summary>
    public CancelView? Cancel { get; init; }

    /// <summary>The reason of the pause. Null unless the execution is paused with a reason.</summary>
    public string? PausedReason { get; init; }
}
