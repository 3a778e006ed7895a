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
            var made = to["InsertExecutions"].Word("id", id).Int("bucket", ExecutionBucket.Of(state.Id)).Time("created_at", state.CreatedAt);
            Row(Listed(made, state), append, growth).Blob("tombstone", append.IdHash);
        }
        else
        {
            var updates = to[CommitBatch.Update, day];
            Row(updates.Word("id", id).Long("base_revision", append.BaseRevision), append, growth)
                .Long("history_from", growth.FirstLine?.Sequence).Int("step_from", growth.FirstStep?.Sequence);
            n = updates.Count;
            if (to.Relists)
            {
                Listed(to[CommitBatch.Listed, day], state);
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
        row.Long("revision", append.State.Revision).Time("due_at", append.DueAt);
        return (EncodedState.For(append) is { } encoded ? row.Blob("state", encoded) : row.Blob("state", append.State, write))
            .Long("history_sequence", line?.Sequence).Int("history_tag", line is null ? null : RowTag.Of(line))
            .Int("step_sequence", step?.Sequence).Int("step_tag", step is null ? null : RowTag.Of(step.Epoch, step.StepId));
    }

    /// <summary>The columns that lists show and filter by.</summary>
    private static RowSet Listed(RowSet row, ExecutionState s) => row
        .Text("namespace", s.Namespace).Text("workflow", s.Workflow).Word("status", s.Status.Word()).Word("cause", s.Cause?.Word()).Int("epoch", s.Epoch)
        .Time("started_at", s.StartedAt).Time("ended_at", s.EndedAt).Text("worker_id", s.Worker?.WorkerId)
        .Text("triggered_by", s.Facts.TriggeredBy ?? s.CreatedBy).Word("resolution", s.Resolution?.Resolution.Word()).Long("late_count", s.LateCount)
        .Word("labels", Labels(s)).Time("closed_at", EpochRows.ClosedAt(s)).Word("epochs", EpochRows.Text(s));

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
                to[CommitBatch.NewEvents, day].Int("n", n).Text("event_id", key.EventId).Int("tag", RowTag.Of(key));
            }
        }

        if (asks || append.NewSteps.Count != steps)
        {
            foreach (var step in append.NewSteps)
            {
                to[CommitBatch.NewSteps, day].Int("n", n).Int("epoch", step.Epoch).Text("step_id", step.StepId).Int("tag", RowTag.Of(step.Epoch, step.StepId));
            }
        }

        foreach (var (code, epoch, eventId) in append.NewRejections)
        {
            to[CommitBatch.NewRejections, day].Int("n", n).Word("code", code.Word()).Int("epoch", epoch).Text("event_id", eventId);
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
