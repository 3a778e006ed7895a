namespace ExecutionGrains.Rules;

/// <summary>
/// A history folded back into the state that it tells of, row by row, through the same <see cref="ExecutionRules.Decide"/> that wrote it. Lives for one fold; pure but for what it holds.
/// </summary>
/// <example><code>foreach (var row in history) { replay.Add(row); }</code></example>
public sealed class Replay(ExecutionId id)
{
    private static readonly RuleSettings Settings = new();

    private readonly Dictionary<(int Epoch, string StepId), StepRow> _steps = [];
    private readonly Queue<Effect.History> _written = new();

    /// <summary>What the last decision was made on, and its first row.</summary>
    private (ExecutionState? State, Effect.History Row)? _decided;

    /// <summary>What the rows so far give; see <see cref="Told"/> for what no row tells. Null before the first.</summary>
    public ExecutionState? State { get; private set; }

    /// <summary>The steps, without input, output and error.</summary>
    public IReadOnlyDictionary<(int Epoch, string StepId), StepRow> Steps => _steps;

    /// <summary>The next row, in order of sequence.</summary>
    /// <exception cref="ReplayException">The rules, at this place, would not have written this row.</exception>
    public void Add(Effect.History row)
    {
        if (_written.Count == 0)
        {
            _decided = (State, row);
            Decide(row.Epoch);
        }
        else if (row.Epoch > _written.Peek().Epoch)
        {
            // The decision opened this epoch after its first row: a lost execution that goes on by its policy.
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
    /// A live state without what no history row tells, because it is memory, the store's, or counted and not stored:
    /// <list type="bullet">
    /// <item>contact: heartbeats, repeated events and refused ones renew or mark it and have no row (last contact, lease, whether a claim was followed up, whether the last report was refused, progress);</item>
    /// <item>the row's revision, which is the store's guard;</item>
    /// <item>whose keys created and claimed it, and the bytes of its log lines;</item>
    /// <item>rejections repeated or beyond <see cref="Limits.Rejections"/>, and late events beyond <see cref="Limits.Evidence"/>, of which each late one has raised the version.</item>
    /// </list>
    /// </summary>
    public static ExecutionState Told(ExecutionState live) => live with
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

    /// <param name="epochMin">Which epoch a restored store went on in, only its rows know.</param>
    private void Decide(int epochMin)
    {
        var (state, row) = _decided!.Value;
        var command = Recorded.Command(row);
        var decision = ExecutionRules.Decide(id, state, PriorOf(command), command, row.TrackerAt, Settings with { EpochMin = epochMin });
        State = decision.State is { } next ? Told(next) : state;
        _written.Clear();
        foreach (var effect in decision.Effects)
        {
            Keep(effect);
        }
    }

    private Prior PriorOf(Command command)
    {
        var (@event, epoch) = command is Command.Report report ? (report.Event, report.Epoch) : (null, 0);
        var stepId = @event is ExecutionEvent.StepStarted s ? s.StepId : (@event as ExecutionEvent.StepCompleted)?.StepId;
        return stepId is not null && _steps.TryGetValue((epoch, stepId), out var step) ? new Prior(null, step, []) : Prior.None;
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
