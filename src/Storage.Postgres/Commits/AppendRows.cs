using System.Buffers;
using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>Adds appends as rows to the statements of a commit. Used by one writer.</summary>
internal sealed class AppendRows
{
    private readonly Utf8JsonWriter json = new(new ArrayBufferWriter<byte>(1), StateJson.Writing);
    private readonly Action<ArrayParameter, ExecutionState> write;

    public AppendRows() => write = Write;

    /// <param name="counted">The name under which the figures know a workflow.</param>
    /// <param name="asks">Whether it is asked of every id that it is new; else only of those that nothing of this append will take.</param>
    public void Add(CommitBatch to, Append append, Func<string, string, string> counted, bool asks)
    {
        var state = append.State;
        var (id, day) = (state.Id.Value, UnixMicroseconds.Day(state.CreatedAt));
        var growth = Growth.Of(append);
        var n = 0;
        if (append.BaseRevision == 0)
        {
            Row(Listed(to["execution-insert"].Word(id).Int(ExecutionBucket.Of(state.Id)).Time(state.CreatedAt), state), append, growth).Blob(append.IdHash);
        }
        else
        {
            var updates = to["execution-update", day];
            Row(updates.Word(id).Long(append.BaseRevision), append, growth).Long(growth.FirstLine?.Sequence).Int(growth.FirstStep?.Sequence);
            n = updates.Count;
            if (to.Relists)
            {
                Listed(to["listed", day], state);
                to.Relabels |= append.Relabels || LabelRows.HasOthers(state);
            }

            AddNew(to, append, n, day, asks);
        }

        var effects = new EffectRows(to, append, n, day);
        foreach (var effect in StepFold.Of(append.Effects))
        {
            effects.Add(effect);
        }

        FigureRows.Add(to, append, counted);
    }

    private RowSet Row(RowSet row, Append append, Growth growth)
    {
        var (line, step) = (growth.LastLine, growth.LastStep);
        row.Long(append.State.Revision).Time(append.DueAt);
        return (EncodedState.For(append) is { } ready ? row.Blob(ready) : row.Blob(append.State, write))
            .Long(line?.Sequence).Int(line is null ? null : RowTag.Of(line)).Int(step?.Sequence).Int(step is null ? null : RowTag.Of(step.Epoch, step.StepId));
    }

    /// <summary>The columns that lists show and filter by.</summary>
    private static RowSet Listed(RowSet row, ExecutionState s) => row
        .Text(s.Namespace).Text(s.Workflow).Word(s.Status.Word()).Word(s.Cause?.Word()).Int(s.Epoch).Time(s.StartedAt).Time(s.EndedAt).Text(s.Worker?.WorkerId)
        .Text(s.Facts.TriggeredBy ?? s.CreatedBy).Word(s.Resolution?.Resolution.Word()).Long(s.LateCount).Word(Labels(s))
        .Time(EpochRows.ClosedAt(s)).Word(EpochRows.Text(s));

    /// <summary>Ids that the append's own rows take need not be asked for: a unique index says where one was taken before.</summary>
    private static void AddNew(CommitBatch to, Append append, int n, long day, bool asks)
    {
        var (events, steps) = (0, 0);
        foreach (var effect in append.Effects)
        {
            events += effect is Effect.History { TakesEventId: true, EventId: not null } ? 1 : 0;
            steps += effect is Effect.Step { IsNew: true } ? 1 : 0;
        }

        if (asks || append.NewEvents.Count != events)
        {
            foreach (var key in append.NewEvents)
            {
                to["new-events", day].Int(n).Text(key.EventId).Int(RowTag.Of(key));
            }
        }

        if (asks || append.NewSteps.Count != steps)
        {
            foreach (var step in append.NewSteps)
            {
                to["new-steps", day].Int(n).Int(step.Epoch).Text(step.StepId).Int(RowTag.Of(step.Epoch, step.StepId));
            }
        }

        foreach (var (code, epoch, eventId) in append.NewRejections)
        {
            to["new-rejections", day].Int(n).Word(code.Word()).Int(epoch).Text(eventId);
        }
    }

    /// <summary>The labels with texts that the database can store. If keys become equal that way, the last one wins, as in a JSON object.</summary>
    private static string? Labels(ExecutionState state)
    {
        if (LabelRows.Of(state) is not { Count: > 0 } labels)
        {
            return null;
        }

        var stored = new Dictionary<string, string>(labels.Count, StringComparer.Ordinal);
        foreach (var (key, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            stored[StoredText.Of(key)] = StoredText.Of(value);
        }

        return StateJson.Labels(stored);
    }

    private void Write(ArrayParameter to, ExecutionState state)
    {
        json.Reset(to);
        StateText.Write(json, state);
        json.Flush();
    }
}
