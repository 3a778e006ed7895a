using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>
/// Writes the state as the serializer would, byte for byte and property by property: the store writes it at every event, and half of the serializer's time
/// went to asking 60 properties whether they are set.
/// </summary>
internal static class StateWriter
{
    public static void Write(Utf8JsonWriter json, ExecutionState s)
    {
        json.WriteStartObject();
        json.WriteString(Name.Id, s.Id.Value);
        json.WriteString(Name.Namespace, s.Namespace);
        json.WriteStartObject(Name.Facts);
        Facts(json, s.Facts);
        json.WriteEndObject();
        json.WriteString(Name.CreatedBy, s.CreatedBy);
        Time(json, Name.CreatedAt, s.CreatedAt);
        Number(json, Name.Status, (int)s.Status);
        Lifecycle(json, s);
        Changing(json, s);
        Counters(json, s);
        Rest(json, s);
        json.WriteEndObject();
    }

    private static void Facts(Utf8JsonWriter json, ExecutionFacts f)
    {
        Text(json, Name.Workflow, f.Workflow);
        Text(json, Name.Namespace, f.Namespace);
        Text(json, Name.TriggerType, f.TriggerType);
        Text(json, Name.TriggeredBy, f.TriggeredBy);
        if (f.Labels is { } labels)
        {
            json.WriteStartObject(Name.Labels);
            foreach (var (key, value) in labels)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        Text(json, Name.ConfigVersion, f.ConfigVersion);
        Text(json, Name.ParentExecutionId, f.ParentExecutionId);
        Flag(json, Name.ExplicitTrace, f.ExplicitTrace);
        Text(json, Name.Traceparent, f.Traceparent);
        Whole(json, Name.HeartbeatTimeoutSeconds, f.HeartbeatTimeoutSeconds);
        Whole(json, Name.TimeoutSeconds, f.TimeoutSeconds);
        Flag(json, Name.Idempotent, f.Idempotent);
        Whole(json, Name.MaxAttempts, f.MaxAttempts);
    }

    private static void Lifecycle(Utf8JsonWriter json, ExecutionState s)
    {
        Number(json, Name.Epoch, s.Epoch);
        Number(json, Name.Attempts, s.Attempts);
        if (s.Worker is { } worker)
        {
            json.WriteStartObject(Name.Worker);
            Text(json, Name.WorkerId, worker.WorkerId);
            Text(json, Name.Incarnation, worker.Incarnation);
            json.WriteEndObject();
        }

        Time(json, Name.ClaimedAt, s.ClaimedAt);
        Flag(json, Name.Followed, s.Followed);
        Flag(json, Name.StartReported, s.StartReported);
        Time(json, Name.StartedAt, s.StartedAt);
        Time(json, Name.TrackerStartedAt, s.TrackerStartedAt);
        Time(json, Name.TimeoutFrom, s.TimeoutFrom);
        Time(json, Name.EndedAt, s.EndedAt);
        Time(json, Name.TrackerEndedAt, s.TrackerEndedAt);
        Whole(json, Name.Outcome, (int?)s.Outcome);
        Whole(json, Name.Cause, (int?)s.Cause);
        Whole(json, Name.Path, (int?)s.Path);
        Text(json, Name.CompletionFailure, s.CompletionFailure);
        if (s.Cancel is { } cancel)
        {
            json.WritePropertyName(Name.Cancel);
            JsonSerializer.Serialize(json, cancel, StateJson.Default.CancelRequest);
        }

        Time(json, Name.PausedAt, s.PausedAt);
        Time(json, Name.ResumedAt, s.ResumedAt);
    }

    private static void Changing(Utf8JsonWriter json, ExecutionState s)
    {
        Number(json, Name.Version, s.Version);
        Number(json, Name.Revision, s.Revision);
        Time(json, Name.LastContactAt, s.LastContactAt);
        Time(json, Name.LeaseExpiresAt, s.LeaseExpiresAt);
        Time(json, Name.StoredLease, s.StoredLease);
        Flag(json, Name.FinalReportRefused, s.FinalReportRefused);
        Marker(json, Name.LastStarted, s.LastStarted);
        Marker(json, Name.LastCompleted, s.LastCompleted);
        Number(json, Name.StepCount, s.StepCount);
        Number(json, Name.OpenStepCount, s.OpenStepCount);
        Number(json, Name.FailedStepCount, s.FailedStepCount);
        if (s.StepCost != 0)
        {
            json.WriteNumber(Name.StepCost, s.StepCost);
        }

        if (s.TotalCost is { } total)
        {
            json.WriteNumber(Name.TotalCost, total);
        }

        Whole(json, Name.TraceSpanCount, s.TraceSpanCount);
        Number(json, Name.StepSequence, s.StepSequence);
        Number(json, Name.HistorySequence, s.HistorySequence);
    }

    private static void Counters(Utf8JsonWriter json, ExecutionState s)
    {
        Number(json, Name.LogCount, s.LogCount);
        Number(json, Name.ErrorLogCount, s.ErrorLogCount);
        Number(json, Name.LateCount, s.LateCount);
        Number(json, Name.EpochLateCount, s.EpochLateCount);
        Number(json, Name.EvidenceCount, s.EvidenceCount);
        Number(json, Name.RejectedCount, s.RejectedCount);
        Number(json, Name.RejectionCount, s.RejectionCount);
    }

    /// <summary>What most executions do not have.</summary>
    private static void Rest(Utf8JsonWriter json, ExecutionState s)
    {
        if (s.Resolution is { } resolution)
        {
            json.WritePropertyName(Name.Resolution);
            JsonSerializer.Serialize(json, resolution, StateJson.Default.Resolved);
        }

        if (s.Progress is { } progress)
        {
            json.WritePropertyName(Name.Progress);
            JsonSerializer.Serialize(json, progress, StateJson.Default.Progress);
        }

        json.WriteStartArray(Name.Epochs);
        foreach (var epoch in s.Epochs)
        {
            JsonSerializer.Serialize(json, epoch, StateJson.Default.EndedEpoch);
        }

        json.WriteEndArray();
    }

    private static void Marker(Utf8JsonWriter json, JsonEncodedText name, Marker? marker)
    {
        if (marker is null)
        {
            return;
        }

        json.WriteStartObject(name);
        Text(json, Name.StepId, marker.StepId);
        Text(json, Name.Block, marker.Block);
        Text(json, Name.BlockType, marker.BlockType);
        Time(json, Name.At, marker.At);
        Time(json, Name.StartedAt, marker.StartedAt);
        Time(json, Name.EndedAt, marker.EndedAt);
        Flag(json, Name.Success, marker.Success);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, JsonEncodedText name, long value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Whole(Utf8JsonWriter json, JsonEncodedText name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Flag(Utf8JsonWriter json, JsonEncodedText name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, true);
        }
    }

    private static void Flag(Utf8JsonWriter json, JsonEncodedText name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }

    private static void Time(Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset value)
    {
        if (value != default)
        {
            json.WriteNumber(name, Micros.From(value));
        }
    }

    private static void Time(Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            json.WriteNumber(name, Micros.From(time));
        }
    }

    private static class Name
    {
        public static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
        public static readonly JsonEncodedText Attempts = JsonEncodedText.Encode("attempts");
        public static readonly JsonEncodedText Block = JsonEncodedText.Encode("block");
        public static readonly JsonEncodedText BlockType = JsonEncodedText.Encode("blockType");
        public static readonly JsonEncodedText Cancel = JsonEncodedText.Encode("cancel");
        public static readonly JsonEncodedText Cause = JsonEncodedText.Encode("cause");
        public static readonly JsonEncodedText ClaimedAt = JsonEncodedText.Encode("claimedAt");
        public static readonly JsonEncodedText CompletionFailure = JsonEncodedText.Encode("completionFailure");
        public static readonly JsonEncodedText ConfigVersion = JsonEncodedText.Encode("configVersion");
        public static readonly JsonEncodedText CreatedAt = JsonEncodedText.Encode("createdAt");
        public static readonly JsonEncodedText CreatedBy = JsonEncodedText.Encode("createdBy");
        public static readonly JsonEncodedText EndedAt = JsonEncodedText.Encode("endedAt");
        public static readonly JsonEncodedText Epoch = JsonEncodedText.Encode("epoch");
        public static readonly JsonEncodedText EpochLateCount = JsonEncodedText.Encode("epochLateCount");
        public static readonly JsonEncodedText Epochs = JsonEncodedText.Encode("epochs");
        public static readonly JsonEncodedText ErrorLogCount = JsonEncodedText.Encode("errorLogCount");
        public static readonly JsonEncodedText EvidenceCount = JsonEncodedText.Encode("evidenceCount");
        public static readonly JsonEncodedText ExplicitTrace = JsonEncodedText.Encode("explicitTrace");
        public static readonly JsonEncodedText Facts = JsonEncodedText.Encode("facts");
        public static readonly JsonEncodedText FailedStepCount = JsonEncodedText.Encode("failedStepCount");
        public static readonly JsonEncodedText FinalReportRefused = JsonEncodedText.Encode("finalReportRefused");
        public static readonly JsonEncodedText Followed = JsonEncodedText.Encode("followed");
        public static readonly JsonEncodedText HeartbeatTimeoutSeconds = JsonEncodedText.Encode("heartbeatTimeoutSeconds");
        public static readonly JsonEncodedText HistorySequence = JsonEncodedText.Encode("historySequence");
        public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
        public static readonly JsonEncodedText Idempotent = JsonEncodedText.Encode("idempotent");
        public static readonly JsonEncodedText Incarnation = JsonEncodedText.Encode("incarnation");
        public static readonly JsonEncodedText Labels = JsonEncodedText.Encode("labels");
        public static readonly JsonEncodedText LastCompleted = JsonEncodedText.Encode("lastCompleted");
        public static readonly JsonEncodedText LastContactAt = JsonEncodedText.Encode("lastContactAt");
        public static readonly JsonEncodedText LastStarted = JsonEncodedText.Encode("lastStarted");
        public static readonly JsonEncodedText LateCount = JsonEncodedText.Encode("lateCount");
        public static readonly JsonEncodedText LeaseExpiresAt = JsonEncodedText.Encode("leaseExpiresAt");
        public static readonly JsonEncodedText LogCount = JsonEncodedText.Encode("logCount");
        public static readonly JsonEncodedText MaxAttempts = JsonEncodedText.Encode("maxAttempts");
        public static readonly JsonEncodedText Namespace = JsonEncodedText.Encode("namespace");
        public static readonly JsonEncodedText OpenStepCount = JsonEncodedText.Encode("openStepCount");
        public static readonly JsonEncodedText Outcome = JsonEncodedText.Encode("outcome");
        public static readonly JsonEncodedText ParentExecutionId = JsonEncodedText.Encode("parentExecutionId");
        public static readonly JsonEncodedText Path = JsonEncodedText.Encode("path");
        public static readonly JsonEncodedText PausedAt = JsonEncodedText.Encode("pausedAt");
        public static readonly JsonEncodedText Progress = JsonEncodedText.Encode("progress");
        public static readonly JsonEncodedText RejectedCount = JsonEncodedText.Encode("rejectedCount");
        public static readonly JsonEncodedText RejectionCount = JsonEncodedText.Encode("rejectionCount");
        public static readonly JsonEncodedText Resolution = JsonEncodedText.Encode("resolution");
        public static readonly JsonEncodedText ResumedAt = JsonEncodedText.Encode("resumedAt");
        public static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
        public static readonly JsonEncodedText StartReported = JsonEncodedText.Encode("startReported");
        public static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode("startedAt");
        public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
        public static readonly JsonEncodedText StepCost = JsonEncodedText.Encode("stepCost");
        public static readonly JsonEncodedText StepCount = JsonEncodedText.Encode("stepCount");
        public static readonly JsonEncodedText StepId = JsonEncodedText.Encode("stepId");
        public static readonly JsonEncodedText StepSequence = JsonEncodedText.Encode("stepSequence");
        public static readonly JsonEncodedText StoredLease = JsonEncodedText.Encode("storedLease");
        public static readonly JsonEncodedText Success = JsonEncodedText.Encode("success");
        public static readonly JsonEncodedText TimeoutFrom = JsonEncodedText.Encode("timeoutFrom");
        public static readonly JsonEncodedText TimeoutSeconds = JsonEncodedText.Encode("timeoutSeconds");
        public static readonly JsonEncodedText TotalCost = JsonEncodedText.Encode("totalCost");
        public static readonly JsonEncodedText TraceSpanCount = JsonEncodedText.Encode("traceSpanCount");
        public static readonly JsonEncodedText Traceparent = JsonEncodedText.Encode("traceparent");
        public static readonly JsonEncodedText TrackerEndedAt = JsonEncodedText.Encode("trackerEndedAt");
        public static readonly JsonEncodedText TrackerStartedAt = JsonEncodedText.Encode("trackerStartedAt");
        public static readonly JsonEncodedText TriggerType = JsonEncodedText.Encode("triggerType");
        public static readonly JsonEncodedText TriggeredBy = JsonEncodedText.Encode("triggeredBy");
        public static readonly JsonEncodedText Version = JsonEncodedText.Encode("version");
        public static readonly JsonEncodedText Worker = JsonEncodedText.Encode("worker");
        public static readonly JsonEncodedText WorkerId = JsonEncodedText.Encode("workerId");
        public static readonly JsonEncodedText Workflow = JsonEncodedText.Encode("workflow");
    }
}
