namespace ExecutionGrains.Rules;

/// <summary>
/// Rebuilds the state of an execution from its history. Each row is read back into its command and decided again by <see cref="ExecutionRules.Decide"/>.
/// Use one instance per history. No I/O.
/// </summary>
/// <example><code>foreach (var row in history) { replay.Add(row); }</code></example>
public sealed class Replay(ExecutionId id)
{
    private static readonly RuleSettings Settings = new();

    private readonly Dictionary<(int Epoch, string StepId), StepRow> _steps = [];
    private readonly Queue<Effect.History> _written = new();

    /// <summary>The input of the last decision: the state before it, and its first row.</summary>
    private (ExecutionState? State, Effect.History Row)? _decided;

    /// <summary>The state after the rows so far, without the fields that <see cref="WithoutUnrecorded"/> removes. Null before the first row.</summary>
    public ExecutionState? State { get; private set; }

    /// <summary>The steps after the rows so far, without input, output and error.</summary>
    public IReadOnlyDictionary<(int Epoch, string StepId), StepRow> Steps => _steps;

    /// <summary>Applies the next row. Rows must come in the order of their sequence numbers.</summary>
    /// <exception cref="ReplayException">The rules would not have written this row here.</exception>
    public void Add(Effect.History row)
    {
        if (_written.Count == 0)
        {
            _decided = (State, row);
            Decide(row.Epoch);
        }
        else if (row.Epoch > _written.Peek().Epoch)
        {
            // The decision opened this epoch after its first row, as the automatic requeue of a lost execution does. Decide again with this epoch as minimum.
            Decide(row.Epoch);
            while (_written.TryPeek(out var told) && told.Sequence < row.Sequence)
            {
                _written.Dequeue();
            }
        }

        if (!_written.TryDequeue(out var written) || !Agree(written, row))
        {
            throw new ReplayException(id, row, written);
        }
    }

    /// <summary>
    /// Removes from a live state what a replay cannot rebuild, because no history row holds it:
    /// <list type="bullet">
    /// <item>contact (last contact, lease, whether a report followed the claim, whether a final report was refused, progress): heartbeats, repeated events and
    /// refused events change it and may have no row;</item>
    /// <item>the revision of the row;</item>
    /// <item>the ids of the keys that created and claimed the execution, and the size of its log lines;</item>
    /// <item>repeated rejections, rejections beyond <see cref="Limits.RejectionCountMax"/>, and late events beyond
    /// <see cref="Limits.EvidenceCountMax"/>. Each late event has incremented the version, which is corrected here.</item>
    /// </list>
    /// </summary>
    public static ExecutionState WithoutUnrecorded(ExecutionState live) => live with
    {
        LastContactAt = null,
        LeaseExpiresAt = null,
        StoredLease = null,
        Followed = false,
        FinalReportRefused = false,
        Progress = null,
        CreatedKeyId = null,
        ClaimedKeyId = null,
        LogBytes = 0,
        Revision = 0,
        RejectedCount = live.RejectionCount,
        Version = live.Version - (live.LateCount - live.EvidenceCount),
        LateCount = live.EvidenceCount,
        EpochLateCount = 0,
    };

    /// <param name="epochMin">
    /// The lowest epoch that the decision may open. After a restore from a backup the epochs skip numbers, which only the rows show.
    /// </param>
    private void Decide(int epochMin)
    {
        var (state, row) = _decided!.Value;
        var command = HistoryCommandReader.Read(row);
        var decision = ExecutionRules.Decide(id, state, StoredRowsOf(command), command, row.TrackerAt, Settings with { EpochMin = epochMin });
        State = decision.State is { } next ? WithoutUnrecorded(next) : state;
        _written.Clear();
        foreach (var effect in decision.Effects)
        {
            Keep(effect);
        }
    }

    private StoredRows StoredRowsOf(Command command)
    {
        var (@event, epoch) = command is Command.ApplyEvent report ? (report.Event, report.Epoch) : (null, 0);
        var stepId = @event is ExecutionEvent.StepStarted s ? s.StepId : (@event as ExecutionEvent.StepCompleted)?.StepId;
        return stepId is not null && _steps.TryGetValue((epoch, stepId), out var step) ? new StoredRows(null, step, []) : StoredRows.None;
    }

    private void Keep(Effect effect)
    {
        switch (effect)
        {
            case Effect.History row:
                _written.Enqueue(row);
                break;
            case Effect.Step { Row: { } row }:
                _steps[(row.Epoch, row.StepId)] = row;
                break;
            case Effect.CloseOpenSteps close:
                foreach (var key in _steps.Where(s => s.Value.IsOpen && s.Key.Epoch == close.Epoch).Select(s => s.Key).ToList())
                {
                    _steps[key] = _steps[key].ClosedBy(close);
                }

                break;
        }
    }

    private static bool Agree(Effect.History written, Effect.History row) =>
        (written.Sequence, written.At, written.TrackerAt, written.Epoch, written.Type, written.EventId, written.Result, written.Code)
        == (row.Sequence, row.At, row.TrackerAt, row.Epoch, row.Type, row.EventId, row.Result, row.Code);
}
