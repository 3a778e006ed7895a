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
                session["steps-close"].Text(close.Status.Word()).Time(close.At).Time(close.TrackerAt).Int(tail.Number).Int(close.Epoch).Run();
                break;
            case Effect.Log log:
                Write(log);
                break;
            case Effect.Evidence e:
                session["evidence-insert"]
                    .Int(tail.Number).Int(e.Number).Int(e.Epoch).Text(e.EventId).Text(e.Type).Time(e.At).Time(e.TrackerAt).Blob(e.Payload).Run();
                break;
            case Effect.Rejection r:
                session["rejection-upsert"].Int(tail.Number).Text(r.Code.Word()).Int(r.Epoch).Text(r.EventId).Text(r.Type).Text(r.Message).Time(r.At).Run();
                break;
            case Effect.FinalPayload p:
                session["final-payload-upsert"].Int(tail.Number).Int(p.Epoch).Blob(p.Output).Blob(p.Error).Run();
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
        session["history-insert"]
            .Int(tail.Number).Int(tail.LastHistory).Int(h.Sequence).Time(h.At).Time(h.TrackerAt).Int(h.Epoch).Text(h.Type).Text(h.EventId)
            .Text(h.Result.Word()).Text(h.Code?.Word()).Blob(h.Hash).Flag(h.TakesEventId && h.EventId is not null).Blob(h.Facts)
            .Int(append.CommitId).Run();
        tail.AddHistory(session.LastRow);
        if (h is { TakesEventId: true, EventId: { } id })
        {
            ids.AddEvent(session, tail.Number, new(h.Epoch, id), session.LastRow);
        }
    }

    private void Write(Effect.Log l) => session["log-insert"]
        .Int(tail.Number).Int(l.Sequence).Text(l.EventId).Time(l.At).Time(l.TrackerAt).Int(l.Epoch).Text(l.Level.Word())
        .Text(l.Source).Text(l.StepId).Text(l.Message).Run();

    private void Insert(StepRow s)
    {
        Tail.MustFollow("step", s.Sequence, tail.StepSequence);
        Facts(session["step-insert"].Int(tail.Number).Int(tail.LastStep).Int(s.Epoch).Text(s.StepId).Int(s.Sequence), s).Run();
        tail.AddStep(session.LastRow);
        ids.AddStep(session, tail.Number, new(s.Epoch, s.StepId), session.LastRow);
    }

    /// <summary>Updates a step. A missing row is not an error: retention deleted it, and a refused event would be sent again forever.</summary>
    private void Update(StepRow s)
    {
        if (ids.Step(session, tail.Number, new(s.Epoch, s.StepId)) is { } number)
        {
            Facts(session["step-update"], s).Int(number).Run();
        }
    }

    private static Statement Facts(Statement statement, StepRow s) => statement
        .Text(s.Status.Word()).Text(s.Block).Text(s.BlockType).Text(s.ParentStepId).Time(s.StartedAt).Time(s.EndedAt)
        .Time(s.TrackerStartedAt).Time(s.TrackerEndedAt).Text(s.Cost?.ToString(CultureInfo.InvariantCulture)).Int(s.MemoryBytes)
        .Blob(s.StartHash).Blob(s.EndHash).Blob(s.Error).Blob(s.Input).Blob(s.Output);
}
