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
                to["steps-close", day].Word(id).Int(close.Epoch).Word(close.Status.Word()).Time(close.At).Time(close.TrackerAt);
                break;
            case Effect.Log log:
                Add(log);
                break;
            case Effect.Evidence e:
                to["evidence-insert", day].Word(id).Int(e.Number).Int(e.Epoch).Text(e.EventId).Text(e.Type).Time(e.At).Time(e.TrackerAt).Blob(e.Payload);
                break;
            case Effect.Rejection r:
                to["rejection-upsert", day].Word(id).Word(r.Code.Word()).Int(r.Epoch).Text(r.EventId).Text(r.Type).Text(r.Message).Time(r.At);
                break;
            case Effect.FinalPayload p:
                to["final-payload-upsert", day].Word(id).Int(p.Epoch).Blob(p.Output).Blob(p.Error);
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

        (n > 0 ? to["history", day].Int(n) : to["history-insert", day].Word(id))
            .Long(line.Sequence).Time(line.At).Time(line.TrackerAt).Int(line.Epoch).Text(line.Type).Text(line.EventId).Int(RowTag.Of(line))
            .Int(newest is null ? First : RowTag.Of(newest)).Word(line.Result.Word()).Word(line.Code?.Word()).Blob(line.Hash).Blob(line.Facts)
            .Long(append.CommitId);
        newest = line;
    }

    private void Add(AuditRow a) => to["audit-insert"].Word(id).Time(a.At).Text(a.By).Text(a.Action).Text(a.Namespace).Text(a.Reason)
        .Text(a.KeyId).Text(a.KeyName).Text(a.Claims).Text(a.Address).Text(a.TraceId);

    private void Add(Effect.Log l) => to["log-insert", day]
        .Word(id).Long(l.Sequence).Text(l.EventId).Time(l.At).Time(l.TrackerAt).Int(l.Epoch).Word(l.Level.Word())
        .Text(l.Source).Text(l.StepId).Text(l.Message);

    private void Add(Effect.Step step)
    {
        var s = step.Row;
        if (!step.IsNew)
        {
            Add(to["steps-changed", day].Int(n).Int(s.Epoch).Text(s.StepId).Int(RowTag.Of(s.Epoch, s.StepId)), s);
            return;
        }

        if (s.Sequence != (newestStep?.Sequence + 1 ?? (n > 0 ? s.Sequence : 1)))
        {
            throw new InvalidDataException($"Step {s.Sequence} does not follow step {newestStep?.Sequence ?? 0}.");
        }

        var row = (n > 0 ? to["steps-begun", day].Int(n) : to["step-insert", day].Word(id)).Int(s.Epoch).Text(s.StepId).Int(RowTag.Of(s.Epoch, s.StepId))
            .Int(newestStep is null ? First : RowTag.Of(newestStep.Epoch, newestStep.StepId)).Int(s.Sequence);
        Add(row, s);
        newestStep = s;
    }

    private static void Add(RowSet to, StepRow step) => to.Word(step.Status.Word()).Text(step.Block).Text(step.BlockType).Text(step.ParentStepId)
        .Time(step.StartedAt).Time(step.EndedAt).Time(step.TrackerStartedAt).Time(step.TrackerEndedAt)
        .Word(step.Cost?.ToString(CultureInfo.InvariantCulture)).Long(step.MemoryBytes)
        .Blob(step.StartHash).Blob(step.EndHash).Blob(step.Error).Blob(step.Input).Blob(step.Output);
}
