using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>Finds out why appends were not written: an id that was not new, or another revision.</summary>
internal sealed class PriorSearch
{
    private readonly Dictionary<string, Loser> losers = new(StringComparer.Ordinal);

    public bool IsEmpty => losers.Count == 0;

    public void Add(Append append) => losers[append.State.Id.Value] = new(append);

    public IReadOnlyDictionary<string, AppendOutcome> All(AppendOutcome outcome) => losers.ToDictionary(l => l.Key, _ => outcome);

    public async Task<IReadOnlyDictionary<string, AppendOutcome>> RunAsync(NpgsqlConnection connection)
    {
        foreach (var day in losers.Values.GroupBy(l => UnixMicroseconds.Day(l.Append.State.CreatedAt)))
        {
            await RunAsync(connection, day.Key, [.. day]).ConfigureAwait(false);
        }

        return losers.ToDictionary(l => l.Key, l => l.Value.Outcome);
    }

    private async Task RunAsync(NpgsqlConnection connection, long day, List<Loser> some)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            var reads = Fill(batch, day, some);
            var reader = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                foreach (var read in reads)
                {
                    while (await reader.ReadAsync().ConfigureAwait(false))
                    {
                        var row = new Row(reader);
                        read(losers[row.Text(0)], row);
                    }

                    await reader.NextResultAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private static List<Action<Loser, Row>> Fill(NpgsqlBatch batch, long day, List<Loser> some)
    {
        var (ofRevisions, ofEvents) = (SqlText.Query("ReadRevisions"), SqlText.OfDay("FindEvents", day));
        var (ofSteps, ofRejections) = (SqlText.OfDay("FindSteps", day), SqlText.OfDay("FindRejections", day));
        var (revisions, events, steps, rejections) = (new RowSet(ofRevisions), new RowSet(ofEvents), new RowSet(ofSteps), new RowSet(ofRejections));
        foreach (var append in some.Select(l => l.Append))
        {
            var id = append.State.Id.Value;
            revisions.Row().Word("id", id);
            foreach (var key in append.NewEvents)
            {
                events.Row().Word("id", id).Text("event_id", key.EventId).Int("tag", RowTag.Of(key));
            }

            foreach (var step in append.NewSteps)
            {
                steps.Row().Word("id", id).Int("epoch", step.Epoch).Text("step_id", step.StepId).Int("tag", RowTag.Of(step.Epoch, step.StepId));
            }

            foreach (var (code, epoch, eventId) in append.NewRejections)
            {
                rejections.Row().Word("id", id).Word("code", code.Word()).Int("epoch", epoch).Text("event_id", eventId);
            }
        }

        List<Action<Loser, Row>> reads = [];
        Ask(
            ofRevisions,
            revisions,
            (loser, row) => (loser.Revision, loser.LastLine, loser.LastStep) = (row.Long(1), row.Long(2), row.Int(3)));
        Ask(ofEvents, events, (loser, row) => loser.Events.Add(Rows.Event(row, 1)));
        Ask(ofSteps, steps, (loser, row) => loser.Steps.Add(Rows.Step(row, 1)));
        Ask(ofRejections, rejections, (loser, row) => loser.Rejections.Add(new(row.Word<Code>(1), row.Int(2), row.Text(3))));
        return reads;

        void Ask(NumberedSql sql, RowSet with, Action<Loser, Row> read)
        {
            if (!with.IsEmpty)
            {
                var command = new NpgsqlBatchCommand(sql.Text);
                foreach (var (parameter, _) in sql.Parameters)
                {
                    command.Parameters.Add(with.Parameter(parameter!));
                }

                batch.BatchCommands.Add(command);
                reads.Add(read);
            }
        }
    }

    private sealed class Loser(Append append)
    {
        public Append Append { get; } = append;

        public long? Revision { get; set; }

        /// <summary>Sequence number of the newest stored history line.</summary>
        public long LastLine { get; set; }

        /// <summary>Sequence number of the newest stored step.</summary>
        public int LastStep { get; set; }

        public List<StoredEvent> Events { get; } = [];

        public List<StepRow> Steps { get; } = [];

        public List<StoredRejection> Rejections { get; } = [];

        public AppendOutcome Outcome => this switch
        {
            _ when Revision != Append.BaseRevision => AppendOutcome.VersionMismatch.Instance,
            _ when Events.Count + Steps.Count + Rejections.Count > 0 => new AppendOutcome.IdsTaken(Events, Steps, Rejections),
            _ when Growth.Of(Append) is { FirstLine.Sequence: var first } && first != LastLine + 1 =>
                new AppendOutcome.Refused($"History line {first} does not follow line {LastLine}."),
            _ when Growth.Of(Append) is { FirstStep.Sequence: var first } && first != LastStep + 1 =>
                new AppendOutcome.Refused($"Step {first} does not follow step {LastStep}."),
            _ => AppendOutcome.VersionMismatch.Instance,
        };
    }
}
