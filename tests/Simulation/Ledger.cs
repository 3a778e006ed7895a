using ExecutionGrains.Grains;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Simulation;

/// <summary>Everything that the tracker answered. Every answer is a promise: it is checked when given, and compared with the store at the end.</summary>
internal sealed class Ledger(World world)
{
    private HashSet<(string Id, int Epoch, string Event)> _applied = [];
    private readonly Dictionary<(string Id, int Epoch), Worker> _holders = [];
    private readonly Dictionary<(string Id, int Epoch), TimeSpan> _contacts = [];
    private readonly Dictionary<(string Id, int Epoch), TimeSpan> _overAt = [];
    private readonly Dictionary<(string Id, int Epoch), TimeSpan> _cancelledAt = [];
    private readonly Dictionary<string, TimeSpan> _arrivals = new(StringComparer.Ordinal);
    private List<Promise> _promises = [];
    private readonly Dictionary<string, (int Below, int But)> _fenced = new(StringComparer.Ordinal);
    private readonly HashSet<string> _givenUp = new(StringComparer.Ordinal);

    private readonly Dictionary<int, (long Found, long Acted)> _sweeps = [];

    /// <summary>Number of events answered, including heartbeats.</summary>
    public long AnswerCount { get; private set; }

    /// <summary>The highest epoch of all answers.</summary>
    public int EpochMax { get; private set; }

    public void Arrived(string id, TimeSpan at) => _arrivals[id] = at;

    /// <summary>A request whose caller gave up may still wait in the grain, and counts as a contact when its turn comes.</summary>
    public void GivenUp(string id) => _givenUp.Add(id);

    public bool IsGivenUp(string id) => _givenUp.Contains(id);

    /// <summary>When a request for the execution last reached its grain, or was answered there.</summary>
    public TimeSpan LastArrival(string id) => _arrivals.GetValueOrDefault(id);

    /// <summary>When the request of the last accepted contact arrived; null: there was none.</summary>
    public TimeSpan? LastContact(string id, int epoch) => _contacts.TryGetValue((id, epoch), out var at) ? at : null;

    /// <summary>Records that the epoch has ended or is final.</summary>
    public void Over(string id, int epoch) => _overAt.TryAdd((id, epoch), world.Time.Elapsed);

    public void Cancelled(string id, int epoch) => _cancelledAt.TryAdd((id, epoch), world.Time.Elapsed);

    /// <summary>Acknowledged events that are not known to be lost.</summary>
    public IReadOnlyList<Promise> Promises => [.. _promises];

    /// <summary>
    /// Removes the promises that were made after the backup. An execution that the backup does not contain starts again in its first epoch, in which an earlier
    /// worker may still report: the known limit of the fence. Holders of other epochs stay recorded, so that giving out one of these epochs again is detected.
    /// </summary>
    public void Restored(IReadOnlyList<Promise> promises, MemoryStore store)
    {
        world.Trace.Write($"{_promises.Count} acknowledgements, {promises.Count} of them before the backup");
        _promises = [.. promises];
        _applied = [.. promises.Where(p => p.Result == Result.Applied).Select(p => (p.Id, p.Epoch, p.Event))];
        foreach (var first in world.Executions.Where(e => store.Load(new(e.Id)) is null).Select(e => (e.Id, 1)))
        {
            _holders.Remove(first);
            _contacts.Remove(first);
            _overAt.Remove(first);
            _cancelledAt.Remove(first);
        }
    }

    /// <summary>
    /// From now on no earlier epoch may be served. Exceptions: the epoch in which a finished execution ended, because its steps may still end, and epoch 1 of
    /// an execution that the store does not know.
    /// </summary>
    public void Fenced(string id, ExecutionState? state, int epochMin) => _fenced[id] = (epochMin, state is null ? 1 : state.IsFinal ? state.Epoch : 0);

    public void Answered(string id, Worker? worker, CommandAnswer answer, TimeSpan arrived)
    {
        Said(
            $"{id} {worker?.WorkerId}.{worker?.Incarnation} <- {answer.Result} {answer.Code} {answer.Status} "
            + $"epoch {answer.Epoch} v{answer.Version} claimed {answer.Claimed}", answer.Code);
        EpochMax = Math.Max(EpochMax, answer.Epoch);
        if (worker is not null && answer.Claimed)
        {
            NotFenced(id, answer.Epoch, "a claim");
            var holder = _holders.TryGetValue((id, answer.Epoch), out var first) ? first : _holders[(id, answer.Epoch)] = worker;
            world.Verdict.Check(holder == worker, $"{id} epoch {answer.Epoch} is claimed by {holder} and by {worker}");
            Contact(id, answer.Epoch, arrived);
            NotLongOver(id, answer.Epoch, arrived, "a claim");
        }
    }

    public void Answered(string id, ExecutionEvent[] events, int epoch, ReportAnswer answer, TimeSpan arrived)
    {
        Said(
            $"{id} e{epoch} <- {answer.Refused} {answer.Status} epoch {answer.Epoch} v{answer.Version} "
            + $"{string.Join(' ', answer.Results.Select(r => $"{r.EventId}:{r.Result}{(r.Code is null ? "" : $"({r.Code})")}"))}", answer.Refused);
        EpochMax = Math.Max(EpochMax, answer.Epoch);
        for (var i = 0; i < answer.Results.Length; i++)
        {
            AnswerCount++;
            Answered(id, events[i], epoch, answer, answer.Results[i], arrived);
        }

        ToldToStop(id, epoch, answer);
        if (answer.Refused is null && answer.Epoch == epoch && _cancelledAt.TryGetValue((id, epoch), out var cancelled)
            && cancelled < arrived - RevisionReads.Trust)
        {
            world.Verdict.Check(
                answer.Control is { CancelRequested: true } or { Stop: true },
                $"{id} epoch {epoch} was cancelled at {cancelled.TotalSeconds:F4} s; its worker is not told of it");
        }
    }

    public void Swept(int bucket, SweepReport sweep)
    {
        var (found, acted) = SweptIn(bucket);
        _sweeps[bucket] = (found + sweep.Found, acted + sweep.Acted);
    }

    /// <summary>Totals of what all sweeps of a bucket found due and acted on.</summary>
    public (long Found, long Acted) SweptIn(int bucket) => _sweeps.GetValueOrDefault(bucket);

    /// <summary>Checks that the store contains every acknowledged event.</summary>
    public void CheckPromises()
    {
        foreach (var (id, epoch, @event, result) in _promises)
        {
            CheckStored(id, epoch, @event, result, "at the end");
        }
    }

    private void Answered(string id, ExecutionEvent @event, int epoch, ReportAnswer answer, EventAnswer told, TimeSpan arrived)
    {
        var result = told.Result;
        if (result == Result.Applied)
        {
            NotFenced(id, epoch, @event.Type);
        }

        if (result is Result.Applied or Result.Duplicate && epoch == answer.Epoch)
        {
            Contact(id, epoch, arrived);
        }

        if (@event is ExecutionEvent.Heartbeat)
        {
            if (result == Result.Applied)
            {
                NotLongOver(id, epoch, arrived, "a heartbeat");
            }

            return;
        }

        if (result == Result.Applied)
        {
            world.Verdict.Check(_applied.Add((id, epoch, @event.EventId!)), $"{id}: {@event.EventId} was answered applied twice");
            world.Verdict.Check(
                world.Store.Executions.TryGetValue(id, out var stored) && stored.Events.ContainsKey(new(epoch, @event.EventId!)),
                $"{id}: {@event.EventId} of epoch {epoch} was answered applied and is not in that epoch's history");
        }

        if (result is Result.Applied or Result.Late)
        {
            _promises.Add(new(id, epoch, @event.EventId!, result));
            CheckStored(id, epoch, @event.EventId!, result, "when it was answered");
        }
        else if (result == Result.Duplicate && @event is ExecutionEvent.Log or ExecutionEvent.ExecutionCompleted or ExecutionEvent.ExecutionResumed
            && result == Result.Duplicate)
        {
            CheckStored(id, epoch, @event.EventId!, null, "though it was answered duplicate");
        }
    }

    private void CheckStored(string id, int epoch, string @event, Result? result, string when)
    {
        var stored = world.Store.Executions.GetValueOrDefault(id);
        if (result == Result.Late && stored?.EvidenceCount >= Limits.EvidenceCountMax)
        {
            return;
        }

        world.Verdict.Check(
            stored is not null && stored.Events.TryGetValue(new(epoch, @event), out var row) && (result is null || stored.History[row].Row.Result == result),
            $"{id}: {@event} of epoch {epoch} ({result}) is not in the store {when}");
    }

    private void NotFenced(string id, int epoch, string what)
    {
        var (below, but) = _fenced.GetValueOrDefault(id);
        world.Verdict.Check(epoch >= below || epoch == but, $"{id}: {what} of epoch {epoch} is accepted, and the store is fenced from {below}");
    }

    /// <summary>A worker from before the fence must be told to stop.</summary>
    private void ToldToStop(string id, int epoch, ReportAnswer answer)
    {
        var (below, but) = _fenced.GetValueOrDefault(id);
        world.Verdict.Check(
            answer.Refused is not null || epoch >= below || but > 0 || answer.Control is { Stop: true },
            $"{id}: a worker of epoch {epoch} is not told to stop, and the store is fenced from {below}");
    }

    private void Contact(string id, int epoch, TimeSpan arrived) =>
        _contacts[(id, epoch)] = _contacts.TryGetValue((id, epoch), out var last) && last > arrived ? last : arrived;

    /// <summary>An answer from memory may be as old as the silo trusts its memory; with one silo, not old at all.</summary>
    private void NotLongOver(string id, int epoch, TimeSpan arrived, string what)
    {
        var trust = world.Store.IsShared ? RevisionReads.Trust : TimeSpan.Zero;
        world.Verdict.Check(
            !_overAt.TryGetValue((id, epoch), out var over) || over >= arrived - trust,
            $"{id}: {what} of epoch {epoch} is accepted, which was over at {over.TotalSeconds:F4} s");
    }

    private void Said(string line, Code? refused)
    {
        world.Trace.Write(line);
        world.Verdict.Check(
            !world.IsStoreCalm || refused is not (Code.StoreUnavailable or Code.Overloaded), $"A caller was refused though the store was well: {line}");
    }
}
