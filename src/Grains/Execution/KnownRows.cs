using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains;

/// <summary>
/// The stored rows that one turn knows: rows that a commit returned, the open steps that the activation remembers, and the writes of this turn's own decisions.
/// An id in none of them is assumed to be new; the commit checks the assumption.
/// </summary>
internal sealed class KnownRows(Dictionary<StepKey, StepRow> open, KnownRows? found = null)
{
    private readonly List<EventKey> _newEvents = [];
    private readonly List<StepKey> _newSteps = [];

    // Created on demand: most turns have one command and need none of these.
    private Dictionary<EventKey, StoredEvent>? _events;
    private Dictionary<StepKey, StepRow>? _steps;
    private Dictionary<EventKey, List<Code>>? _rejected;
    private List<RejectionKey>? _newRejections;
    private Effect.CloseOpenSteps? _closed;

    /// <summary>The last decision. Its writes are added to the known rows only when a later command of the same turn needs them.</summary>
    private (Decision Decision, long CommitId)? _last;

    public IReadOnlyList<EventKey> NewEvents => Once(_newEvents);

    public IReadOnlyList<StepKey> NewSteps => Once(_newSteps);

    public IReadOnlyList<RejectionKey> NewRejections => Once(_newRejections ?? []);

    /// <summary>Adds the existing rows that a commit returned.</summary>
    public void Learn(AppendOutcome.IdsTaken rows)
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

    /// <summary>The known rows with the command's event id and step id.</summary>
    public StoredRows Of(Command command)
    {
        if (command is not Command.ApplyEvent { Event: var e } report || e is ExecutionEvent.Heartbeat)
        {
            return StoredRows.None;
        }

        AdoptLast();
        var key = new EventKey(report.Epoch, e.EventId ?? string.Empty);
        return new StoredRows(e.EventId is null ? null : Event(key), StepIdOf(e) is { } step ? Step(new(report.Epoch, step)) : null, Rejections(key));
    }

    /// <summary>Adds a decision's writes, so that the turn's next decision sees them.</summary>
    public void Adopt(Command command, Decision decision, long commitId)
    {
        AdoptLast();
        if (command is Command.ApplyEvent { Event: not ExecutionEvent.Heartbeat and not ExecutionEvent.Unreadable } report)
        {
            Note(report);
        }

        if (decision is { Result: Result.Rejected, Code: { } code } && command is Command.ApplyEvent { Event: not ExecutionEvent.Heartbeat } refused)
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
                    Put(new StoredEvent(row.Epoch, id, row.Hash ?? [], row.Result, row.Code, commitId));
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

    private void Note(Command.ApplyEvent report)
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

    private void Put(StoredEvent row) => (_events ??= [])[new(row.Epoch, row.EventId)] = row;

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

    private StoredEvent? Event(EventKey key) => _events?.GetValueOrDefault(key) ?? found?.Event(key);

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

    /// <summary>Removes duplicates: an id whose event was refused is noted again when it is sent again in the same turn.</summary>
    private static IReadOnlyList<T> Once<T>(List<T> noted) => noted.Count < 2 ? noted : [.. noted.Distinct()];
}
