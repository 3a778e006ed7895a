using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// What one turn knows of the store's rows: those that a commit has found, the open steps that the activation remembers, and on top of them what this turn's own decisions write.
/// Ids that none of them holds are taken for new, and the commit checks.
/// </summary>
internal sealed class KnownRows(Dictionary<StepKey, StepRow> open, KnownRows? found = null)
{
    private readonly List<EventKey> _newEvents = [];
    private readonly List<StepKey> _newSteps = [];

    // Each made where it is needed: most turns have one command, and need none.
    private Dictionary<EventKey, PriorEvent>? _events;
    private Dictionary<StepKey, StepRow>? _steps;
    private Dictionary<EventKey, List<Code>>? _rejected;
    private List<RejectionKey>? _newRejections;
    private Effect.CloseOpenSteps? _closed;

    /// <summary>What was decided last, as long as nobody asks for what it writes.</summary>
    private (Decision Decision, long CommitId)? _last;

    public IReadOnlyList<EventKey> NewEvents => Once(_newEvents);

    public IReadOnlyList<StepKey> NewSteps => Once(_newSteps);

    public IReadOnlyList<RejectionKey> NewRejections => Once(_newRejections ?? []);

    /// <summary>What a commit has found.</summary>
    public void Learn(AppendOutcome.Found rows)
    {
        foreach (var row in rows.Events)
        {
            Put(row);
        }

        foreach (var row in rows.Steps)
        {
            Put(row);
        }

        foreach (var row in rows.Rejections)
        {
            OnRecord(row.Code, new(row.Epoch, row.EventId));
        }
    }

    /// <summary>What is known under a command's ids.</summary>
    public Prior Of(Command command)
    {
        if (command is not Command.Report { Event: var e } report || e is ExecutionEvent.Heartbeat)
        {
            return Prior.None;
        }

        AdoptLast();
        var key = new EventKey(report.Epoch, e.EventId ?? string.Empty);
        return new Prior(e.EventId is null ? null : Event(key), StepIdOf(e) is { } step ? Step(new(report.Epoch, step)) : null, Rejections(key));
    }

    /// <summary>Takes a decision's writes on board, so that the next one of the turn sees them.</summary>
    public void Adopt(Command command, Decision decision, long commitId)
    {
        AdoptLast();
        if (command is Command.Report { Event: not ExecutionEvent.Heartbeat and not ExecutionEvent.Unreadable } report)
        {
            Note(report);
        }

        if (decision is { Result: Result.Rejected, Code: { } code } && command is Command.Report { Event: not ExecutionEvent.Heartbeat } refused)
        {
            var key = new EventKey(refused.Epoch, refused.Event.EventId ?? string.Empty);
            if (!Rejections(key).Contains(code))
            {
                (_newRejections ??= []).Add(new(code, key.Epoch, key.EventId));
            }
        }

        _last = (decision, commitId);
    }

    public static string? StepIdOf(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.StepStarted e => e.StepId,
        ExecutionEvent.StepCompleted e => e.StepId,
        _ => null,
    };

    private void AdoptLast()
    {
        if (_last is not var (decision, commitId))
        {
            return;
        }

        _last = null;
        foreach (var effect in decision.Effects)
        {
            switch (effect)
            {
                case Effect.History { TakesEventId: true, EventId: { } id } row:
                    Put(new PriorEvent(row.Epoch, id, row.Hash ?? [], row.Result, row.Code, commitId));
                    break;
                case Effect.Step row:
                    Put(row.Row);
                    break;
                case Effect.CloseOpenSteps close:
                    _closed = close;
                    break;
                case Effect.Rejection row:
                    OnRecord(row.Code, new(row.Epoch, row.EventId));
                    break;
            }
        }
    }

    private void Note(Command.Report report)
    {
        if (report.Event.EventId is { } id && Event(new(report.Epoch, id)) is null)
        {
            _newEvents.Add(new(report.Epoch, id));
        }

        if (StepIdOf(report.Event) is { } step && Step(new(report.Epoch, step)) is null)
        {
            _newSteps.Add(new(report.Epoch, step));
        }
    }

    private void Put(PriorEvent row) => (_events ??= [])[new(row.Epoch, row.EventId)] = row;

    private void Put(StepRow row) => (_steps ??= [])[new(row.Epoch, row.StepId)] = row;

    private void OnRecord(Code code, EventKey key)
    {
        _rejected ??= [];
        if (!_rejected.TryGetValue(key, out var codes))
        {
            _rejected.Add(key, codes = []);
        }

        codes.Add(code);
    }

    private PriorEvent? Event(EventKey key) => _events?.GetValueOrDefault(key) ?? found?.Event(key);

    private StepRow? Step(StepKey key)
    {
        var row = _steps?.GetValueOrDefault(key) ?? (found is not null ? found.Step(key) : open.GetValueOrDefault(key));
        return _closed is { } close ? row?.ClosedBy(close) : row;
    }

    private IReadOnlyCollection<Code> Rejections(EventKey key)
    {
        var own = _rejected?.GetValueOrDefault(key);
        var earlier = found?._rejected?.GetValueOrDefault(key);
        return own is null ? earlier ?? (IReadOnlyCollection<Code>)[] : earlier is null ? own : [.. own, .. earlier];
    }

    /// <summary>What was refused and comes again in the same turn is noted again.</summary>
    private static IReadOnlyList<T> Once<T>(List<T> noted) => noted.Count < 2 ? noted : [.. noted.Distinct()];
}
