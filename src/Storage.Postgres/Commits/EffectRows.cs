using System.Globalization;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>The rows of one append's effects, except the figures.</summary>
/// <param name="n">The place of its row among the day's updates; 0: it has none.</param>
internal struct EffectRows(CommitBatch to, Append append, int n, long day)
{
    /// <summary>Placeholder for the previous tag, where the statement takes it from the execution's row.</summary>
    private const int TagOfRow = -1;

    private readonly string id = append.State.Id.Value;

    /// <summary>The newest history line and the newest step added so far. Null: none; then the previous one is in the store.</summary>
    private Effect.History? newest;
    private StepRow? newestStep;

    public void Add(Effect effect)
    {
        switch (effect)
        {
            case Effect.History history:
                Add(history);
                break;
            case Effect.Step step:
                Add(step);
                break;
            case Effect.CloseOpenSteps close:
                to["CloseSteps", day].Word("id", id).Int("epoch", close.Epoch).Word("status", close.Status.Word())
                    .Time("at", close.At).Time("tracker_at", close.TrackerAt);
                break;
            case Effect.Log log:
                Add(log);
                break;
            case Effect.Evidence e:
                to["InsertEvidence", day].Word("id", id).Int("number", e.Number).Int("epoch", e.Epoch).Text("event_id", e.EventId).Text("type", e.Type)
                    .Time("at", e.At).Time("tracker_at", e.TrackerAt).Blob("payload", e.Payload);
                break;
            case Effect.Rejection r:
                to["UpsertRejections", day].Word("id", id).Word("code", r.Code.Word()).Int("epoch", r.Epoch).Text("event_id", r.EventId).Text("type", r.Type)
                    .Text("message", r.Message).Time("at", r.At);
                break;
            case Effect.FinalPayload p:
                to["UpsertFinalPayloads", day].Word("id", id).Int("epoch", p.Epoch).Blob("output", p.Output).Blob("error", p.Error);
                break;
            case Effect.Audit a:
                Add(AuditRow.Of(a, append.State));
                break;
            case Effect.CountEndedEpoch or Effect.CorrectStatistics or Effect.ChangeLiveCount or Effect.ChangeStatistic:
                break;
            default:
                throw new NotSupportedException($"The store does not know {effect.GetType().Name}.");
        }
    }

    /// <summary>The previous tag for the append's first line and first step. Null: the execution is new and has none.</summary>
    private readonly int? First => n > 0 ? TagOfRow : null;

    private void Add(Effect.History line)
    {
        if (line.Sequence != (newest?.Sequence + 1 ?? (n > 0 ? line.Sequence : 1)))
        {
            throw new InvalidDataException($"History line {line.Sequence} does not follow line {newest?.Sequence ?? 0}.");
        }

        (n > 0 ? to[CommitBatch.Lines, day].Int("n", n) : to["InsertHistory", day].Word("id", id))
            .Long("sequence", line.Sequence).Time("at", line.At).Time("tracker_at", line.TrackerAt).Int("epoch", line.Epoch).Text("type", line.Type)
            .Text("event_id", line.EventId).Int("tag", RowTag.Of(line)).Int("previous", newest is null ? First : RowTag.Of(newest))
            .Word("result", line.Result.Word()).Word("code", line.Code?.Word()).Blob("hash", line.Hash).Blob("facts", line.Facts)
            .Long("commit_id", append.CommitId);
        newest = line;
    }

    private void Add(AuditRow a) => to["InsertAudits"].Word("id", id).Time("at", a.At).Text("by", a.By).Text("action", a.Action).Text("namespace", a.Namespace)
        .Text("reason", a.Reason).Text("key_id", a.KeyId).Text("key_name", a.KeyName).Text("claims", a.Claims).Text("address", a.Address)
        .Text("trace_id", a.TraceId);

    private void Add(Effect.Log l) => to["InsertLogs", day]
        .Word("id", id).Long("sequence", l.Sequence).Text("event_id", l.EventId).Time("at", l.At).Time("tracker_at", l.TrackerAt).Int("epoch", l.Epoch)
        .Word("level", l.Level.Word()).Text("source", l.Source).Text("step_id", l.StepId).Text("message", l.Message);

    private void Add(Effect.Step step)
    {
        var s = step.Row;
        if (!step.IsNew)
        {
            var changed = to[CommitBatch.StepsChanged, day].Int("n", n);
            Add(changed.Int("epoch", s.Epoch).Text("step_id", s.StepId).Int("tag", RowTag.Of(s.Epoch, s.StepId)), s);
            return;
        }

        if (s.Sequence != (newestStep?.Sequence + 1 ?? (n > 0 ? s.Sequence : 1)))
        {
            throw new InvalidDataException($"Step {s.Sequence} does not follow step {newestStep?.Sequence ?? 0}.");
        }

        var row = (n > 0 ? to[CommitBatch.StepsBegun, day].Int("n", n) : to["InsertSteps", day].Word("id", id))
            .Int("epoch", s.Epoch).Text("step_id", s.StepId).Int("tag", RowTag.Of(s.Epoch, s.StepId))
            .Int("previous", newestStep is null ? First : RowTag.Of(newestStep.Epoch, newestStep.StepId)).Int("sequence", s.Sequence);
        Add(row, s);
        newestStep = s;
    }

    private static void Add(RowSet to, StepRow step) => to
        .Word("status", step.Status.Word()).Text("block", step.Block).Text("block_type", step.BlockType).Text("parent_step_id", step.ParentStepId)
        .Time("started_at", step.StartedAt).Time("ended_at", step.EndedAt).Time("tracker_started_at", step.TrackerStartedAt)
        .Time("tracker_ended_at", step.TrackerEndedAt).Word("cost", step.Cost?.ToString(CultureInfo.InvariantCulture)).Long("memory_bytes", step.MemoryBytes)
        .Blob("start_hash", step.StartHash).Blob("end_hash", step.EndHash).Blob("error", step.Error).Blob("input", step.Input).Blob("output", step.Output);
}
