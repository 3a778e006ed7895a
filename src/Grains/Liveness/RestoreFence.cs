using System.Globalization;
using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;

namespace ExecutionGrains.Grains;

/// <summary>
/// Fences a store that was restored from a backup, before any request is served (docs/decisions/0008-restored-stores.md). Every unfinished execution continues
/// in a new epoch that no earlier worker can hold. No grain is active yet, so this applies the rules directly; the store's revision guard makes that safe.
/// After an interruption at any point, the next start continues with the same epoch.
/// </summary>
public sealed class RestoreFence(IExecutionStore store, IExecutionReads reads, IOperationsStore operations, TrackerClock clock, GrainLog log)
{
    private const string EpochMinSetting = "epoch-min";
    private const string NoMark = "";

    /// <summary>Maximum number of executions fenced in one transaction.</summary>
    private const int PageSize = 500;

    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ExecutionFilter NotEnded = new()
    {
        Status = [ExecutionStatus.Pending, ExecutionStatus.Claimed, ExecutionStatus.Running, ExecutionStatus.Paused],
    };

    /// <summary>
    /// The minimum epoch that may be opened on this store. If the store is marked as restored, it is above every epoch that was opened before the restore.
    /// </summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    public async Task<int> EpochMinAsync(CancellationToken cancel)
    {
        // Read the mark first. It is removed after the number is written, so a silo that finds no mark reads the final number.
        var mark = await Setting(RestoreMark.Setting, NoMark, cancel);
        var known = int.Parse(await Setting(EpochMinSetting, "1", cancel), CultureInfo.InvariantCulture);
        if (mark == NoMark)
        {
            return known;
        }

        // Store the number under the mark's id. An interrupted start then finds its own number again, and of two silos the first one's number wins.
        var own = await Setting($"{EpochMinSetting}/{mark}", Next(known).ToString(CultureInfo.InvariantCulture), cancel);
        await operations.WriteSettingAsync(EpochMinSetting, Encoding.ASCII.GetBytes(own), cancel);
        return int.Parse(own, CultureInfo.InvariantCulture);
    }

    /// <summary>Fences the unfinished executions if the store is marked as restored, then removes the mark.</summary>
    /// <param name="settings">Contains the epoch returned by <see cref="EpochMinAsync"/>.</param>
    /// <returns>Number of executions that this call fenced.</returns>
    /// <exception cref="StoreException">The store is unavailable or refused a write. The mark remains, so the next start continues.</exception>
    public async Task<int> RunAsync(RuleSettings settings, CancellationToken cancel)
    {
        if (!await IsMarked(cancel))
        {
            return 0;
        }

        log.Restored(settings.EpochMin);
        var fenced = 0;
        string? cursor = null;
        do
        {
            var page = await reads.ListAsync(NotEnded, PageSize, cursor, cancel);
            var states = await Task.WhenAll(page.Items.Select(listed => store.LoadAsync(listed.Id, cancel)));
            fenced += await Fence([.. states.OfType<ExecutionState>()], settings, cancel);
            cursor = page.NextCursor;
            log.Fencing(fenced);
        }
        while (cursor is not null);

        if (!await IsMarked(cancel))
        {
            return fenced;
        }

        var reason = string.Create(CultureInfo.InvariantCulture, $"restored from a backup: {fenced} executions fenced off, epochs from {settings.EpochMin}");
        await operations.WriteSettingsAsync([(RestoreMark.Setting, [])], new AuditRow(clock.Now, "restore", "restore", null, null, reason), cancel);
        log.Fenced(fenced);
        return fenced;
    }

    /// <summary>
    /// Seconds since 2026, or one more than the known epoch if that is larger. Epochs that are counted up from 1 do not reach it, and two restores of one
    /// backup get different numbers. An int suffices until 2094.
    /// </summary>
    private int Next(int known) => Math.Max(known + 1, (int)Math.Clamp((clock.Now - Beginning).TotalSeconds, 0, int.MaxValue - 1));

    private async Task<int> Fence(IReadOnlyList<ExecutionState> states, RuleSettings settings, CancellationToken cancel)
    {
        var fenced = 0;
        // Check the mark after loading the states. If another silo has finished fencing and serves requests, the states may already be newer than the fence.
        // While the mark exists they are older, and their revisions guard the writes.
        while (states.Select(state => Append(state, settings)).OfType<Append>().ToList() is { Count: > 0 } appends && await IsMarked(cancel))
        {
            var outcomes = await store.CommitAsync(appends, cancel);
            fenced += outcomes.Count(o => o is AppendOutcome.Committed);
            states = await Again(appends, outcomes, cancel);
        }

        return fenced;
    }

    private Append? Append(ExecutionState state, RuleSettings settings)
    {
        var draft = new AppendDraft(state, new KnownRows([]));
        var fence = new Command.Fence(settings.EpochMin);
        draft.Add(fence, ExecutionRules.Decide(state.Id, state, StoredRows.None, fence, clock.Now, settings));
        draft.Close(settings);
        return draft.Append;
    }

    /// <summary>Loads again the executions that were written meanwhile: another silo that starts on the same store fences too.</summary>
    private async Task<IReadOnlyList<ExecutionState>> Again(List<Append> appends, IReadOnlyList<AppendOutcome> outcomes, CancellationToken cancel)
    {
        var again = new List<ExecutionState>();
        foreach (var (append, outcome) in appends.Zip(outcomes))
        {
            switch (outcome)
            {
                case AppendOutcome.Committed:
                    break;
                case AppendOutcome.VersionMismatch:
                    again.Add(await store.LoadAsync(append.State.Id, cancel) ?? throw Failure(append, outcome));
                    break;
                default:
                    throw Failure(append, outcome);
            }
        }

        return again;
    }

    private static StoreException Failure(Append append, AppendOutcome outcome) => new(
        $"fence execution {append.State.Id.Value}",
        outcome switch
        {
            AppendOutcome.Refused refused => refused.Reason,
            AppendOutcome.Unavailable unavailable => unavailable.Reason,
            _ => outcome.GetType().Name,
        },
        transient: outcome is not AppendOutcome.Refused);

    private async Task<bool> IsMarked(CancellationToken cancel) => await Setting(RestoreMark.Setting, NoMark, cancel) != NoMark;

    private async Task<string> Setting(string name, string initial, CancellationToken cancel) =>
        Encoding.ASCII.GetString(await operations.SettingAsync(name, () => Encoding.ASCII.GetBytes(initial), cancel));
}
