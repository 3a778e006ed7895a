using System.Text;
using System.Text.Json;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Simulation;

/// <summary>
/// The store's port in memory, with the semantics of the real stores: an append is guarded by revision, ids that are taken return their rows, a bad append is
/// refused alone. Stricter than those, it refuses to replace a missing step. <see cref="StoreLink"/> decides which calls reach it, and when.
/// </summary>
/// <param name="isShared">Whether several silos use it.</param>
/// <param name="committed">Called for every written append with the execution before (null: it did not exist), the execution after, and the append.</param>
internal sealed class MemoryStore(bool isShared, Action<StoredExecution?, StoredExecution, Append> committed)
{
    private const int PageSize = 3;

    private Dictionary<string, DateTimeOffset> _alive = new(StringComparer.Ordinal);
    private Dictionary<string, DateTimeOffset> _gone = new(StringComparer.Ordinal);
    private Dictionary<string, byte[]> _settings = new(StringComparer.Ordinal);
    private List<Outage> _outages = [];
    private List<AuditRow> _audit = [];
    private Dictionary<string, DateTimeOffset> _tombstones = new(StringComparer.Ordinal);
    private Dictionary<int, (JanitorRecord Record, int Version)> _records = [];

    public bool IsShared => isShared;

    public SortedDictionary<string, StoredExecution> Executions { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Number of live executions by workflow and status.</summary>
    public Dictionary<(string Workflow, ExecutionStatus Status), long> Live { get; private init; } = [];

    /// <summary>Number of resolutions and late successes.</summary>
    public Dictionary<(FigureKind Kind, Resolution? Resolution), long> Figures { get; private init; } = [];

    public IReadOnlyList<Outage> Outages => _outages;

    /// <summary>Audit rows of the silos, not those of executions.</summary>
    public IReadOnlyList<AuditRow> Audit => _audit;

    /// <summary>Whether this is a restored copy that is not fenced yet.</summary>
    public bool IsMarked => _settings.TryGetValue(RestoreMark.Setting, out var mark) && mark.Length > 0;

    /// <summary>Called when the mark is removed.</summary>
    public Action? Unmarked { get; init; }

    public static int Bucket(string id) => ExecutionBucket.Of(new(id));

    /// <summary>A snapshot of the store. Executions are shared, because a write replaces an execution by a copy.</summary>
    public MemoryStore Copy() => new(isShared, committed)
    {
        Executions = new(Executions, StringComparer.Ordinal),
        Live = new(Live),
        Figures = new(Figures),
        Unmarked = Unmarked,
        _alive = new(_alive, StringComparer.Ordinal),
        _gone = new(_gone, StringComparer.Ordinal),
        _settings = new(_settings, StringComparer.Ordinal),
        _outages = [.. _outages],
        _audit = [.. _audit],
        _tombstones = new(_tombstones, StringComparer.Ordinal),
        _records = new(_records),
    };

    public AppendOutcome Commit(Append append)
    {
        var before = Executions.GetValueOrDefault(append.State.Id.Value);
        if ((before?.State.Revision ?? 0) != append.BaseRevision)
        {
            return AppendOutcome.VersionMismatch.Instance;
        }

        if (before is null && append.IdHash is { } hash && _tombstones.TryGetValue(Convert.ToHexString(hash), out var until) && until > append.State.CreatedAt)
        {
            return AppendOutcome.Forgotten.Instance;
        }

        if (before is not null && Find(before, append) is { } found)
        {
            return found;
        }

        // Round-trips the state as a real store does: members that are not stored are lost, and times have whole microseconds.
        var state = StateJson.Read(JsonSerializer.SerializeToUtf8Bytes(append.State, StateJson.Default.ExecutionState));
        var after = before?.Copy() ?? new StoredExecution { State = state };
        (after.State, after.DueAt) = (state, append.DueAt);
        try
        {
            foreach (var effect in append.Effects)
            {
                after.Write(effect, append.CommitId);
            }
        }
        catch (ArgumentException e)
        {
            return new AppendOutcome.Refused(e.Message);
        }

        Executions[append.State.Id.Value] = after;
        Count(append);
        committed(before, after, append);
        return AppendOutcome.Committed.Instance;
    }

    public bool Delete(Deletion deletion)
    {
        if (Executions.GetValueOrDefault(deletion.State.Id.Value)?.State.Revision != deletion.State.Revision)
        {
            return false;
        }

        Executions.Remove(deletion.State.Id.Value);
        _tombstones[Convert.ToHexString(deletion.IdHash)] = deletion.ExpiresAt;
        _audit.Add(deletion.Audit);
        return true;
    }

    public ExecutionState? Load(ExecutionId id) => Executions.GetValueOrDefault(id.Value)?.State;

    public IReadOnlyDictionary<ExecutionId, long> Revisions(IEnumerable<ExecutionId> ids) =>
        ids.Where(id => Executions.ContainsKey(id.Value)).ToDictionary(id => id, id => Executions[id.Value].State.Revision);

    public bool WasCommitted(ExecutionId id, long sequence, long commitId) =>
        Executions.GetValueOrDefault(id.Value) is { } stored && stored.History.Count >= sequence && stored.History[(int)sequence - 1].CommitId == commitId;

    public IReadOnlyList<DueExecution> Due(int bucket, DateTimeOffset now, DueExecution? after, int limit) =>
    [
        .. Executions.Where(e => Bucket(e.Key) == bucket && e.Value.DueAt <= now)
            .Select(e => new DueExecution(e.Value.DueAt!.Value, e.Value.State.Id))
            .OrderBy(d => d.DueAt).ThenBy(d => d.Id.Value, StringComparer.Ordinal)
            .Where(d => after is null || d.DueAt > after.DueAt || (d.DueAt == after.DueAt && string.CompareOrdinal(d.Id.Value, after.Id.Value) > 0))
            .Take(limit),
    ];

    public (long Live, long Due) CountDue(DateTimeOffset now)
    {
        var live = Executions.Values.Where(e => e.State.Status is ExecutionStatus.Claimed or ExecutionStatus.Running).ToArray();
        return (live.Length, live.Count(e => e.DueAt <= now));
    }

    public SignOfLife Alive(string siloId, DateTimeOffset now, TimeSpan outageAfter)
    {
        DateTimeOffset? last = _alive.Values.Where(at => at <= now + SignOfLife.AheadMax).Select(at => (DateTimeOffset?)at).Max();
        DateTimeOffset? own = _alive.TryGetValue(siloId, out var known) && !_gone.ContainsKey(siloId) ? known : null;
        if (now - own > outageAfter || now - last > outageAfter)
        {
            _outages.Add(new Outage(now - own > outageAfter ? own!.Value : last!.Value, now));
        }

        _alive[siloId] = known > now ? known : now;
        if (_gone.TryGetValue(siloId, out var gone) && now > gone)
        {
            _gone.Remove(siloId);
        }

        return new(last, _outages.Count, isShared ? _alive.Where(a => a.Key != siloId && !_gone.ContainsKey(a.Key)).ToDictionary() : []);
    }

    public bool Gone(string siloId, DateTimeOffset alive, DateTimeOffset now)
    {
        var isNews = _alive[siloId] == alive && _gone.TryAdd(siloId, now);
        if (isNews)
        {
            _outages.Add(new Outage(alive, now));
        }

        return isNews;
    }

    public bool Leave(string siloId, DateTimeOffset now) => _gone.TryAdd(siloId, now);

    public IReadOnlyList<Outage> NewestOutages(int limit) => [.. _outages.OrderBy(o => o.To).TakeLast(limit)];

    public byte[] Setting(string name, Func<byte[]> initial) => _settings.TryGetValue(name, out var value) ? value : _settings[name] = initial();

    public bool WriteSetting(string name, byte[] value)
    {
        var wasMarked = IsMarked;
        _settings[name] = value;
        if (wasMarked && !IsMarked)
        {
            Unmarked?.Invoke();
        }

        return true;
    }

    public bool WriteSettings(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit) =>
        AppendAudit(audit) && settings.All(s => WriteSetting(s.Name, s.Value));

    public bool MarkRestored() => WriteSetting(RestoreMark.Setting, Encoding.ASCII.GetBytes(RestoreMark.New()));

    public bool AppendAudit(AuditRow row)
    {
        _audit.Add(row);
        return true;
    }

    public (JanitorRecord Record, int Version) Record(int bucket) => _records.TryGetValue(bucket, out var stored) ? stored : (new JanitorRecord(), 0);

    /// <returns>False if the record has another version.</returns>
    public bool WriteRecord(int bucket, JanitorRecord record, int version)
    {
        var isNext = Record(bucket).Version == version;
        if (isNext)
        {
            _records[bucket] = (record, version + 1);
        }

        return isNext;
    }

    /// <summary>Filters by status only, newest first, with pages so small that a list has several.</summary>
    public Page<ListedExecution> List(ExecutionFilter filter, int limit, string? cursor)
    {
        var left = Executions.Values.Select(e => e.State).OrderByDescending(Position, StringComparer.Ordinal).SkipWhile(
            s => cursor is not null && string.CompareOrdinal(Position(s), cursor) >= 0).ToArray();
        var page = left.Take(Math.Min(limit, PageSize)).ToArray();
        return new([.. page.Where(s => filter.Status.Contains(s.Status)).Select(ListedExecution.Of)], page.Length < left.Length ? Position(page[^1]) : null);
    }

    private static string Position(ExecutionState state) => $"{state.CreatedAt.UtcTicks:D20} {state.Id.Value}";

    private static AppendOutcome.IdsTaken? Find(StoredExecution stored, Append append)
    {
        StoredEvent[] events =
        [
            .. append.NewEvents.Where(stored.Events.ContainsKey).Select(key => stored.History[stored.Events[key]])
                .Select(h => new StoredEvent(h.Row.Epoch, h.Row.EventId!, h.Row.Hash ?? [], h.Row.Result, h.Row.Code, h.CommitId)),
        ];
        StepRow[] steps = [.. append.NewSteps.Where(stored.Steps.ContainsKey).Select(key => stored.Steps[key])];
        StoredRejection[] rejections =
            [.. append.NewRejections.Where(stored.Rejections.ContainsKey).Select(key => new StoredRejection(key.Code, key.Epoch, key.EventId))];
        return events.Length + steps.Length + rejections.Length > 0 ? new(events, steps, rejections) : null;
    }

    private void Count(Append append)
    {
        foreach (var effect in append.Effects)
        {
            switch (effect)
            {
                case Effect.ChangeLiveCount live:
                    Live[(live.Workflow, live.Status)] = Live.GetValueOrDefault((live.Workflow, live.Status)) + live.Delta;
                    break;
                case Effect.ChangeStatistic figure:
                    Figures[(figure.Kind, figure.Resolution)] = Figures.GetValueOrDefault((figure.Kind, figure.Resolution)) + figure.Delta;
                    break;
            }
        }
    }
}
