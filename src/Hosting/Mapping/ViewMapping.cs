using System.Collections.ObjectModel;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Mapping;

/// <summary>Maps stored rows to the views of the API.</summary>
public static class ViewMapping
{
    private const string DefaultTrigger = "http";

    private static readonly ReadOnlyDictionary<string, string> NoLabels = ReadOnlyDictionary<string, string>.Empty;

    public static ExecutionSummary Summary(ListedExecution listed) => new()
    {
        ExecutionId = listed.Id.Value,
        Namespace = listed.Namespace,
        Workflow = listed.Workflow,
        Status = listed.Status,
        Cause = listed.Cause,
        FinalizationPath = listed.Path,
        Version = listed.Version,
        Epoch = listed.Epoch,
        WorkerId = listed.WorkerId,
        TriggerType = listed.TriggerType ?? DefaultTrigger,
        TriggeredBy = listed.TriggeredBy ?? listed.CreatedBy,
        CreatedAt = listed.CreatedAt,
        StartedAt = listed.StartedAt,
        EndedAt = listed.EndedAt,
        TrackerStartedAt = listed.TrackerStartedAt,
        TrackerEndedAt = listed.TrackerEndedAt,
        DurationMs = Milliseconds(listed.StartedAt ?? listed.CreatedAt, listed.EndedAt),
        LastContactAt = listed.LastContactAt,
        LeaseExpiresAt = listed.LeaseExpiresAt,
        LastStartedBlock = listed.LastStartedBlock,
        LastCompletedBlock = listed.LastCompletedBlock,
        StepCount = listed.StepCount,
        OpenStepCount = listed.OpenStepCount,
        FailedStepCount = listed.FailedStepCount,
        Cost = listed.Cost,
        Labels = listed.Labels ?? NoLabels,
        ConfigVersion = listed.ConfigVersion,
        Resolution = Resolved(listed.Resolution),
        LateCount = listed.LateCount,
        Progress = listed.Progress,
    };

    /// <param name="live">
    /// Contact, lease and progress from the memory of the grain, which are newer than the row; null: use the row, as for a finished execution.
    /// </param>
    public static ExecutionDetail Detail(ExecutionState stored, LivenessView? live, ExecutionDetailParts parts)
    {
        var state = live is null ? stored : stored with
        {
            LastContactAt = live.LastContactAt ?? stored.LastContactAt,
            LeaseExpiresAt = live.LeaseExpiresAt,
            Progress = live.Progress ?? stored.Progress,
        };
        return new ExecutionDetail(Summary(ListedExecution.Of(state)))
        {
            Diagnostics = Diagnostics(state),
            Counts = Counts(state),
            Lease = Lease(state),
            Epochs = [.. state.Epochs.Select(Ended), Current(state)],
            Evidence = [.. parts.Evidence.Select(Evidence)],
            Rejections = [.. parts.Rejections.Select(Rejection)],
            Output = RawJson.Of(parts.Final?.Output),
            Error = RawJson.Of(parts.Final?.Error),
            ParentExecutionId = state.Facts.ParentExecutionId,
            Traceparent = state.Facts.Traceparent,
            ExplicitTrace = state.IsTraced,
            Idempotent = state.Facts.Idempotent ?? false,
            MaxAttempts = state.Facts.MaxAttempts ?? 1,
            Cancel = state.Cancel is { } cancel ? new CancelView(cancel.Reason, cancel.By, cancel.RequestedAt) : null,
            PausedReason = state.PausedReason,
        };
    }

    public static StepView Step(StepRow row) => new()
    {
        StepId = row.StepId,
        Epoch = row.Epoch,
        Block = row.Block,
        BlockType = row.BlockType,
        ParentStepId = row.ParentStepId,
        Sequence = row.Sequence,
        Status = row.Status,
        StartedAt = row.StartedAt,
        EndedAt = row.EndedAt,
        DurationMs = Milliseconds(row.StartedAt, row.EndedAt),
        TrackerStartedAt = row.TrackerStartedAt,
        TrackerEndedAt = row.TrackerEndedAt,
        Input = RawJson.Of(row.Input),
        Output = RawJson.Of(row.Output),
        Error = RawJson.Of(row.Error),
        Cost = row.Cost,
        MemoryBytes = row.MemoryBytes,
    };

    public static LogView Log(Effect.Log row) =>
        new(row.EventId, row.At, row.TrackerAt, row.Level, row.Source, row.StepId, row.Message);

    public static HistoryView History(Effect.History row)
    {
        var (by, reason) = HistoryRowJson.CallerAndReason(row);
        return new(row.Sequence, row.At, row.TrackerAt, row.Epoch, row.Type, row.EventId, row.Result, row.Code, by, reason);
    }

    public static EvidenceView Evidence(Effect.Evidence row) =>
        new(row.EventId, row.Epoch, row.Type, row.At, row.TrackerAt, RawJson.Of(row.Payload));

    public static RejectionView Rejection(RejectionRow row) =>
        new(row.Code, row.EventId.Length == 0 ? null : row.EventId, row.Epoch, row.Type, row.Message, row.Count, row.FirstAt, row.LastAt);

    private static DiagnosticsView Diagnostics(ExecutionState state) => new(
        state.LastStarted is { } started
            ? new StartedMarkerView(started.StepId, started.Block, started.BlockType, started.StartedAt)
            : null,
        state.LastCompleted is { } done
            ? new CompletedMarkerView(done.StepId, done.Block, done.BlockType, done.StartedAt, done.EndedAt, done.Success)
            : null,
        state.Path,
        state.CompletionFailure,
        state.TraceSpanCount > 0,
        state.TraceSpanCount);

    private static CountsView Counts(ExecutionState state) => new(
        state.StepCount,
        state.OpenStepCount,
        state.FailedStepCount,
        state.LogCount,
        state.ErrorLogCount,
        state.LateCount,
        state.EvidenceCount,
        state.RejectedCount,
        state.RejectionCount,
        state.HistorySequence,
        state.Attempts);

    private static LeaseView Lease(ExecutionState state) => new(
        state.LeaseTerm is { } term ? (int)term.TotalSeconds : null,
        state.Facts.TimeoutSeconds,
        state.LastContactAt,
        state.LeaseExpiresAt,
        state.Facts.TimeoutSeconds is { } seconds ? state.TimeoutFrom?.AddSeconds(seconds) : null);

    private static EpochView Ended(EndedEpoch epoch) => new(
        epoch.Epoch,
        epoch.WorkerId,
        epoch.Incarnation,
        epoch.ClaimedAt,
        epoch.StartedAt,
        epoch.EndedAt,
        epoch.Status,
        epoch.Cause,
        epoch.Path,
        epoch.LastStartedBlock,
        epoch.LastCompletedBlock,
        Resolved(epoch.Resolution));

    private static EpochView Current(ExecutionState state) => new(
        state.Epoch,
        state.Worker?.WorkerId,
        state.Worker?.Incarnation,
        state.ClaimedAt,
        state.StartedAt,
        state.EndedAt,
        state.Status,
        state.Cause,
        state.Path,
        state.LastStarted?.Block,
        state.LastCompleted?.Block,
        Resolved(state.Resolution));

    private static ResolutionView? Resolved(ResolutionRecord? word) =>
        word is null ? null : new ResolutionView(word.Resolution, word.Reason, word.By, word.At);

    private static long? Milliseconds(DateTimeOffset from, DateTimeOffset? to) =>
        to is { } end ? Math.Max(0, (long)(end - from).TotalMilliseconds) : null;
}
