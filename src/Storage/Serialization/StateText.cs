using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>
/// Writes a state as <see cref="StateJson"/> reads it. The output equals the serializer's byte for byte: unset members are omitted, the others are in
/// declaration order. Handwritten because the serializer, which calls a converter per member, took most of the silo's time per commit, and every other commit
/// waits for it.
/// </summary>
internal static class StateText
{
    public static void Write(Utf8JsonWriter json, ExecutionState state)
    {
        json.WriteStartObject();
        WriteWhatStays(json, state);
        WriteWhatEventsChange(json, state);
        WriteTheRest(json, state);
        json.WriteEndObject();
    }

    private static void WriteWhatStays(Utf8JsonWriter json, ExecutionState state)
    {
        json.Text("id"u8, state.Id.Value);
        json.Text("namespace"u8, state.Namespace);
        Write(json, "facts"u8, state.Facts);
        json.Flag("createStated"u8, state.CreateStated);
        if (state.EventFacts is not null)
        {
            Write(json, "eventFacts"u8, state.EventFacts);
        }

        json.Text("createdBy"u8, state.CreatedBy);
        json.Text("createdKeyId"u8, state.CreatedKeyId);
        json.Time("createdAt"u8, state.CreatedAt);
        json.Word("status"u8, state.Status);
        json.Number("epoch"u8, state.Epoch);
        json.Number("attempts"u8, state.Attempts);
        Write(json, state.Worker);
        json.Time("claimedAt"u8, state.ClaimedAt);
        json.Text("claimedKeyId"u8, state.ClaimedKeyId);
        json.Flag("followed"u8, state.Followed);
        json.Flag("startReported"u8, state.StartReported);
        json.Time("startedAt"u8, state.StartedAt);
        json.Time("trackerStartedAt"u8, state.TrackerStartedAt);
        json.Time("timeoutFrom"u8, state.TimeoutFrom);
        json.Time("endedAt"u8, state.EndedAt);
        json.Time("trackerEndedAt"u8, state.TrackerEndedAt);
        json.Word("outcome"u8, state.Outcome);
        json.Word("cause"u8, state.Cause);
        json.Word("path"u8, state.Path);
        json.Text("completionFailure"u8, state.CompletionFailure);
        json.Rare("cancel"u8, state.Cancel, StateJson.Default.CancelRequest);
        json.Time("pausedAt"u8, state.PausedAt);
        json.Text("pausedReason"u8, state.PausedReason);
        json.Time("resumedAt"u8, state.ResumedAt);
    }

    private static void WriteWhatEventsChange(Utf8JsonWriter json, ExecutionState state)
    {
        Write(json, "lastCompleted"u8, state.LastCompleted);
        json.Number("version"u8, state.Version);
        json.Number("revision"u8, state.Revision);
        json.Time("lastContactAt"u8, state.LastContactAt);
        json.Time("leaseExpiresAt"u8, state.LeaseExpiresAt);
        json.Time("storedLease"u8, state.StoredLease);
        json.Flag("finalReportRefused"u8, state.FinalReportRefused);
        Write(json, "lastStarted"u8, state.LastStarted);
        json.Number("stepCount"u8, state.StepCount);
        json.Number("openStepCount"u8, state.OpenStepCount);
        json.Number("failedStepCount"u8, state.FailedStepCount);
        json.Amount("stepCost"u8, state.StepCost);
        json.Amount("totalCost"u8, state.TotalCost);
        json.Number("traceSpanCount"u8, state.TraceSpanCount);
        json.Number("stepSequence"u8, state.StepSequence);
        json.Number("historySequence"u8, state.HistorySequence);
    }

    private static void WriteTheRest(Utf8JsonWriter json, ExecutionState state)
    {
        json.Number("logCount"u8, state.LogCount);
        json.Number("errorLogCount"u8, state.ErrorLogCount);
        json.Number("logBytes"u8, state.LogBytes);
        json.Flag("logsFull"u8, state.LogsFull);
        json.Number("lateCount"u8, state.LateCount);
        json.Number("epochLateCount"u8, state.EpochLateCount);
        json.Number("evidenceCount"u8, state.EvidenceCount);
        json.Number("rejectedCount"u8, state.RejectedCount);
        json.Number("rejectionCount"u8, state.RejectionCount);
        json.Rare("resolution"u8, state.Resolution, StateJson.Default.ResolutionRecord);
        json.Rare("progress"u8, state.Progress, StateJson.Default.Progress);
        json.WriteStartArray("epochs"u8);
        foreach (var epoch in state.Epochs)
        {
            JsonSerializer.Serialize(json, epoch, StateJson.Default.EndedEpoch);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ExecutionFacts facts)
    {
        json.WriteStartObject(name);
        json.Text("workflow"u8, facts.Workflow);
        json.Text("namespace"u8, facts.Namespace);
        json.Text("triggerType"u8, facts.TriggerType);
        json.Text("triggeredBy"u8, facts.TriggeredBy);
        json.Rare("labels"u8, facts.Labels, StateJson.Default.DictionaryStringString);
        json.Text("configVersion"u8, facts.ConfigVersion);
        json.Text("parentExecutionId"u8, facts.ParentExecutionId);
        json.Flag("explicitTrace"u8, facts.ExplicitTrace);
        json.Text("traceparent"u8, facts.Traceparent);
        json.Number("heartbeatTimeoutSeconds"u8, facts.HeartbeatTimeoutSeconds);
        json.Number("timeoutSeconds"u8, facts.TimeoutSeconds);
        json.Flag("idempotent"u8, facts.Idempotent);
        json.Number("maxAttempts"u8, facts.MaxAttempts);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Worker? worker)
    {
        if (worker is not null)
        {
            json.WriteStartObject("worker"u8);
            json.Text("workerId"u8, worker.WorkerId);
            json.Text("incarnation"u8, worker.Incarnation);
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, BlockMarker? marker)
    {
        if (marker is not null)
        {
            json.WriteStartObject(name);
            json.Text("stepId"u8, marker.StepId);
            json.Text("block"u8, marker.Block);
            json.Text("blockType"u8, marker.BlockType);
            json.Time("at"u8, marker.At);
            json.Time("startedAt"u8, marker.StartedAt);
            json.Time("endedAt"u8, marker.EndedAt);
            json.Flag("success"u8, marker.Success);
            json.WriteEndObject();
        }
    }

    private static void Text(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long value) => json.Number(name, value == 0 ? null : (long?)value);

    private static void Number(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Amount(this Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal value) => json.Amount(name, value == 0 ? null : (decimal?)value);

    private static void Amount(this Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Flag(this Utf8JsonWriter json, ReadOnlySpan<byte> name, bool value) => json.Flag(name, value ? true : (bool?)null);

    private static void Flag(this Utf8JsonWriter json, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }

    private static void Time(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset value) =>
        json.Time(name, value == default ? null : (DateTimeOffset?)value);

    private static void Time(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            json.WriteNumber(name, UnixMicroseconds.From(time));
        }
    }

    private static void Word<T>(this Utf8JsonWriter json, ReadOnlySpan<byte> name, T value)
        where T : struct, Enum
    {
        if (!EqualityComparer<T>.Default.Equals(value, default))
        {
            json.WriteString(name, value.Word());
        }
    }

    private static void Word<T>(this Utf8JsonWriter json, ReadOnlySpan<byte> name, T? value)
        where T : struct, Enum => json.Text(name, value?.Word());

    private static void Rare<T>(this Utf8JsonWriter json, ReadOnlySpan<byte> name, T? value, JsonTypeInfo<T> type)
        where T : class
    {
        if (value is not null)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, type);
        }
    }
}
