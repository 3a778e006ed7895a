using System.Buffers;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Turns appends into the rows of a commit's statements. Used by one writer.</summary>
internal sealed class AppendRows
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;

    public AppendRows() => json = new(buffer, StateJson.Writing);

    /// <param name="counted">The name under which the figures know a workflow.</param>
    public void Add(CommitStatements to, Append append, Func<string, string> counted)
    {
        var state = append.State;
        var (id, day) = (state.Id.Value, Micros.Day(state.CreatedAt));
        if (append.BaseRevision == 0)
        {
            Row(to["execution-insert"].Word(id).Int(ExecutionBucket.Of(state.Id)).Time(state.CreatedAt), append);
        }
        else
        {
            Row(to["execution-update", day].Word(id).Long(append.BaseRevision), append);
            AddNew(to, append, day);
        }

        var effects = new EffectRows(to, append, day);
        foreach (var effect in StepFold.Of(append.Effects))
        {
            effects.Add(effect);
        }

        FigureRows.Add(to, append, counted);
    }

    private void Row(RowSet row, Append append)
    {
        var s = append.State;
        row.Text(s.Namespace).Text(s.Workflow).Word(s.Status.Word()).Word(s.Cause?.Word()).Long(s.Revision).Int(s.Epoch).Time(append.DueAt)
            .Time(s.StartedAt).Time(s.EndedAt).Text(s.Worker?.WorkerId).Text(s.Facts.TriggeredBy ?? s.CreatedBy)
            .Word(s.Resolution?.Resolution.Word()).Long(s.LateCount).Word(Labels(s)).Blob(Encoded(s));
    }

    private static void AddNew(CommitStatements to, Append append, long day)
    {
        var id = append.State.Id.Value;
        foreach (var eventId in append.NewEvents)
        {
            to["new-events", day].Word(id).Text(eventId);
        }

        foreach (var step in append.NewSteps)
        {
            to["new-steps", day].Word(id).Int(step.Epoch).Text(step.StepId);
        }

        foreach (var (code, eventId) in append.NewRejections)
        {
            to["new-rejections", day].Word(id).Word(code.Word()).Text(eventId);
        }
    }

    /// <summary>The labels as the engine can read them: their texts as it can hold them.</summary>
    private static string? Labels(ExecutionState state) => state.Facts.Labels is not { Count: > 0 } labels
        ? null
        : StateJson.Labels(labels.ToDictionary(l => StoredText.Of(l.Key), l => StoredText.Of(l.Value)));

    private byte[] Encoded(ExecutionState state)
    {
        buffer.ResetWrittenCount();
        json.Reset();
        JsonSerializer.Serialize(json, state, StateJson.Default.ExecutionState);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
