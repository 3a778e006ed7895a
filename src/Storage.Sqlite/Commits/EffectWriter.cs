using System.Globalization;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>Writes the effects of one append, except the figures, which are summed over the batch.</summary>
internal readonly struct EffectWriter(Session session, Append append, Tail tail, IdIndex ids)
{
    public void Write(Effect effect)
    {
        switch (effect)
        {
            case Effect.History history:
                Write(history);
                break;
            case Effect.Step { IsNew: true } step:
                Insert(step.Row);
                break;
            case Effect.Step step:
                Update(step.Row);
                break;
            case Effect.CloseOpenSteps close:
                session["CloseSteps"].Text("status", close.Status.Word()).Time("at", close.At).Time("tracker_at", close.TrackerAt)
                    .Int("execution", tail.Number).Int("epoch", close.Epoch).Run();
                break;
            case Effect.Log log:
                Write(log);
                break;
            case Effect.Evidence e:
                session["InsertEvidence"]
                    .Int("execution", tail.Number).Int("number", e.Number).Int("epoch", e.Epoch).Text("event_id", e.EventId).Text("type", e.Type)
                    .Time("at", e.At).Time("tracker_at", e.TrackerAt).Blob("payload", e.Payload).Run();
                break;
            case Effect.Rejection r:
                session["UpsertRejection"].Int("execution", tail.Number).Text("code", r.Code.Word()).Int("epoch", r.Epoch).Text("event_id", r.EventId)
                    .Text("type", r.Type).Text("message", r.Message).Time("at", r.At).Run();
                break;
            case Effect.FinalPayload p:
                session["UpsertFinalPayload"].Int("execution", tail.Number).Int("epoch", p.Epoch).Blob("output", p.Output).Blob("error", p.Error).Run();
                break;
            case Effect.Audit a:
                AuditWriter.Write(session, AuditRow.Of(a, append.State));
                break;
            case Effect.CountEndedEpoch or Effect.CorrectStatistics or Effect.ChangeLiveCount or Effect.ChangeStatistic:
                break;
            default:
                throw new NotSupportedException($"The store does not know {effect.GetType().Name}.");
        }
    }

    private void Write(Effect.History h)
    {
        Tail.MustFollow("history row", h.Sequence, tail.HistorySequence);
        session["InsertHistory"]
            .Int("execution", tail.Number).Int("previous", tail.LastHistory).Int("sequence", h.Sequence).Time("at", h.At).Time("tracker_at", h.TrackerAt)
            .Int("epoch", h.Epoch).Text("type", h.Type).Text("event_id", h.EventId)
            .Text("result", h.Result.Word()).Text("code", h.Code?.Word()).Blob("hash", h.Hash).Flag("takes_event_id", h.TakesEventId && h.EventId is not null)
            .Blob("facts", h.Facts)
            .Int("commit_id", append.CommitId).Run();
        tail.AddHistory(session.LastRow);
        if (h is { TakesEventId: true, EventId: { } id })
        {
            ids.AddEvent(session, tail.Number, new(h.Epoch, id), session.LastRow);
        }
    }

    private void Write(Effect.Log l) => session["InsertLog"]
        .Int("execution", tail.Number).Int("sequence", l.Sequence).Text("event_id", l.EventId).Time("at", l.At).Time("tracker_at", l.TrackerAt)
        .Int("epoch", l.Epoch).Text("level", l.Level.Word())
        .Text("source", l.Source).Text("step_id", l.StepId).Text("message", l.Message).Run();

    private void Insert(StepRow s)
    {
        Tail.MustFollow("step", s.Sequence, tail.StepSequence);
        Facts(session["InsertStep"].Int("execution", tail.Number).Int("previous", tail.LastStep).Int("epoch", s.Epoch).Text("step_id", s.StepId)
            .Int("sequence", s.Sequence), s).Run();
        tail.AddStep(session.LastRow);
        ids.AddStep(session, tail.Number, new(s.Epoch, s.StepId), session.LastRow);
    }

    /// <summary>Updates a step. A missing row is not an error: retention deleted it, and a refused event would be sent again forever.</summary>
    private void Update(StepRow s)
    {
        if (ids.Step(session, tail.Number, new(s.Epoch, s.StepId)) is { } number)
        {
            Facts(session["UpdateStep"], s).Int("number", number).Run();
        }
    }

    private static Statement Facts(Statement statement, StepRow s) => statement
        .Text("status", s.Status.Word()).Text("block", s.Block).Text("block_type", s.BlockType).Text("parent_step_id", s.ParentStepId)
        .Time("started_at", s.StartedAt).Time("ended_at", s.EndedAt).Time("tracker_started_at", s.TrackerStartedAt).Time("tracker_ended_at", s.TrackerEndedAt)
        .Text("cost", s.Cost?.ToString(CultureInfo.InvariantCulture)).Int("memory_bytes", s.MemoryBytes)
        .Blob("start_hash", s.StartHash).Blob("end_hash", s.EndHash).Blob("error", s.Error).Blob("input", s.Input).Blob("output", s.Output);
}
