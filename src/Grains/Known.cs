using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// What one turn knows of the store's rows: those that a commit has found, the open steps that the activation remembers, and on top of them what this turn's own decisions write.
/// Ids that none of them holds are taken for new, and the commit checks.
/// </summary>
internal sealed class Known(Dictionary<StepKey, StepRow> open, Known? found = null)
{
    private readonly Dictionary<string, PriorEvent> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<StepKey, StepRow> _steps = [];
    private readonly Dictionary<string, List<Code>> _rejected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _newEvents = new(StringComparer.Ordinal);
    private readonly HashSet<StepKey> _newSteps = [];
    private readonly HashSet<RejectionKey> _newRejections = [];
    private Effect.CloseOpenSteps? _closed;

    public IReadOnlyList<string> NewEvents => [.. _newEvents];

    public IReadOnlyList<StepKey> NewSteps => [.. _newSteps];

    public IReadOnlyList<RejectionKey> NewRejections => [.. _newRejections];

    /// <summary>What a commit has found.</summary>
    public void Learn(AppendOutcome.Found rows)
    {
        foreach (var row in rows.Events)
        {
            _events[row.EventId] = row;
        }

        foreach (var row in rows.Steps)
        {
            _steps[new(row.Epoch, row.StepId)] = row;
        }

        foreach (var row in rows.Rejections)
        {
            OnRecord(row.Code, row.EventId);
        }
    }

    /// <summary>What is known under a command's ids.</summary>
    public Prior Of(Command command)
    {
        if (command is not Command.Report { Event: var e } report || e is ExecutionEvent.Heartbeat)
        {
            return Prior.None;
        }

        var id = e.EventId;
        return new Prior(id is null ? null : Event(id), StepIdOf(e) is { } step ? Step(new(report.Epoch, step)) : null, Rejections(id ?? string.Empty));
    }

    /// <summary>Takes a decision's writes on board, so that the next one of the turn sees them.</summary>
    public void Adopt(Command command, Decision decision, long commitId)
    {
        if (command is Command.Report { Event: not ExecutionEvent.Heartbeat and not ExecutionEvent.Unreadable } report)
        {
            Note(report);
        }

        if (decision is { Result: Result.Rejected, Code: { } code } && command is Command.Report { Event: not ExecutionEvent.Heartbeat } refused)
        {
            var key = new RejectionKey(code, refused.Event.EventId ?? string.Empty);
            if (!Rejections(key.EventId).Contains(key.Code))
            {
                _newRejections.Add(key);
            }
        }

        foreach (var effect in decision.Effects)
        {
            switch (effect)
            {
                case Effect.History { TakesEventId: true, EventId: { } id } row:
                    _events[id] = new PriorEvent(id, row.Hash ?? [], row.Result, row.Code, commitId);
                    break;
                case Effect.Step row:
                    _steps[new(row.Row.Epoch, row.Row.StepId)] = row.Row;
                    break;
                case Effect.CloseOpenSteps close:
                    _closed = close;
                    break;
                case Effect.Rejection row:
                    OnRecord(row.Code, row.EventId);
                    break;
            }
        }
    }

    public static string? StepIdOf(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.StepStarted e => e.StepId,
        ExecutionEvent.StepCompleted e => e.StepId,
        _ => null,
    };

    private void Note(Command.Report report)
    {
        if (report.Event.EventId is { } id && Event(id) is null)
        {
            _newEvents.Add(id);
        }

        if (StepIdOf(report.Event) is { } step && Step(new(report.Epoch, step)) is null)
        {
            _newSteps.Add(new(report.Epoch, step));
        }
    }

    private void OnRecord(Code code, string id)
    {
        if (!_rejected.TryGetValue(id, out var codes))
        {
            _rejected.Add(id, codes = []);
        }

        codes.Add(code);
    }

    private PriorEvent? Event(string id) => _events.TryGetValue(id, out var row) ? row : found?.Event(id);

    private StepRow? Step(StepKey key)
    {
        var row = _steps.TryGetValue(key, out var own) ? own : found is not null ? found.Step(key) : open.GetValueOrDefault(key);
        return _closed is { } close ? row?.ClosedBy(close) : row;
    }

    private IReadOnlyCollection<Code> Rejections(string id)
    {
        var own = _rejected.GetValueOrDefault(id);
        var earlier = found?._rejected.GetValueOrDefault(id);
        return own is null ? earlier ?? (IReadOnlyCollection<Code>)[] : earlier is null ? own : [.. own, .. earlier];
    }
}
