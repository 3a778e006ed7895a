using System.Buffers;
using System.Text.Json;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>Writes an execution's row, and its labels where they changed.</summary>
internal sealed class ExecutionRow
{
    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;

    public ExecutionRow() => json = new(buffer, StateJson.Writing);

    public void Write(Session session, Append append, Tail tail)
    {
        var state = append.State;
        var labels = StateJson.Labels(state.Facts.Labels);
        Encode(state);
        if (append.BaseRevision == 0)
        {
            Insert(session, append, tail, labels);
            ReplaceLabels(session, state, null, labels);
        }
        else if (!Touch(session, append, tail, labels))
        {
            var before = session["execution-labels"].Int(tail.Number).One(r => r.TextOrNull(0));
            Update(session, append, tail, labels);
            ReplaceLabels(session, state, before, labels);
        }
    }

    private void Encode(ExecutionState state)
    {
        buffer.ResetWrittenCount();
        json.Reset();
        JsonSerializer.Serialize(json, state, StateJson.Default.ExecutionState);
        json.Flush();
    }

    private void Insert(Session session, Append append, Tail tail, string? labels)
    {
        var s = append.State;
        session["execution-insert"]
            .Int(tail.Number).Text(s.Id.Value).Int(ExecutionBucket.Of(s.Id)).Text(s.Namespace).Text(s.Workflow).Text(s.Status.Word()).Text(s.Cause?.Word())
            .Int(s.Revision).Int(s.Epoch).Time(append.DueAt).Time(s.CreatedAt).Time(s.StartedAt).Time(s.EndedAt).Text(s.Worker?.WorkerId)
            .Text(TriggeredBy(s)).Text(s.Resolution?.Resolution.Word()).Int(s.LateCount).Text(labels)
            .Int(tail.LastHistory).Int(tail.HistorySequence).Int(tail.LastStep).Int(tail.StepSequence).Blob(buffer.WrittenSpan).Run();
    }

    /// <summary>Whether nothing that an index holds has changed, so that the cheap update was enough.</summary>
    private bool Touch(Session session, Append append, Tail tail, string? labels)
    {
        var s = append.State;
        return session["execution-touch"]
            .Int(s.Revision).Int(s.Epoch).Time(s.EndedAt).Int(tail.LastHistory).Int(tail.HistorySequence).Int(tail.LastStep).Int(tail.StepSequence)
            .Blob(buffer.WrittenSpan).Int(tail.Number).Int(tail.Revision)
            .Text(s.Namespace).Text(s.Workflow).Text(s.Status.Word()).Text(s.Cause?.Word()).Time(append.DueAt)
            .Time(s.CreatedAt).Time(s.StartedAt).Text(s.Worker?.WorkerId).Text(TriggeredBy(s))
            .Text(s.Resolution?.Resolution.Word()).Int(s.LateCount).Text(labels).Run() == 1;
    }

    private void Update(Session session, Append append, Tail tail, string? labels)
    {
        var s = append.State;
        session["execution-update"]
            .Int(s.Revision).Int(s.Epoch).Time(s.EndedAt).Int(tail.LastHistory).Int(tail.HistorySequence).Int(tail.LastStep).Int(tail.StepSequence)
            .Blob(buffer.WrittenSpan)
            .Text(s.Namespace).Text(s.Workflow).Text(s.Status.Word()).Text(s.Cause?.Word()).Time(append.DueAt)
            .Time(s.CreatedAt).Time(s.StartedAt).Text(s.Worker?.WorkerId).Text(TriggeredBy(s))
            .Text(s.Resolution?.Resolution.Word()).Int(s.LateCount).Text(labels).Int(tail.Number).Int(tail.Revision).Run();
    }

    private static void ReplaceLabels(Session session, ExecutionState state, string? before, string? after)
    {
        if (before == after)
        {
            return;
        }

        foreach (var (key, value) in StateJson.ReadLabels(before))
        {
            session["label-delete"].Text(key).Text(value).Time(state.CreatedAt).Text(state.Id.Value).Run();
        }

        foreach (var (key, value) in StateJson.ReadLabels(after))
        {
            session["label-insert"].Text(key).Text(value).Time(state.CreatedAt).Text(state.Id.Value).Run();
        }
    }

    private static string TriggeredBy(ExecutionState state) => state.Facts.TriggeredBy ?? state.CreatedBy;
}
