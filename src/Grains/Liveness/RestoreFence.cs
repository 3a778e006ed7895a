using System.Globalization;
using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// What a store that was restored from a backup is put through before anybody is served (decision 8): whatever has not ended goes on in an epoch that no worker of before can hold.
/// No grain lives yet; the rules decide and the store's guard holds. Broken off at any place, the next start goes on with the same epoch.
/// </summary>
public sealed class RestoreFence(IExecutionStore store, IExecutionReads reads, IOperationsStore operations, TrackerClock clock, GrainLog log)
{
    private const string EpochMinSetting = "epoch-min";
    private const string NoMark = "";

    /// <summary>Executions of one transaction.</summary>
    private const int PageSize = 500;

    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ExecutionFilter NotEnded = new()
    {
        Status = [ExecutionStatus.Pending, ExecutionStatus.Claimed, ExecutionStatus.Running, ExecutionStatus.Paused],
    };

    /// <summary>The least epoch that may be opened on this store; where it is marked as restored, above all that were opened on any store of before.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task<int> EpochMinAsync(CancellationToken cancel)
    {
        // The mark first: it goes after the number is written, so that whoever finds none finds the number of the silo that took it away.
        var mark = await Setting(RestoreMark.Setting, NoMark, cancel);
        var known = int.Parse(await Setting(EpochMinSetting, "1", cancel), CultureInfo.InvariantCulture);
        if (mark == NoMark)
        {
            return known;
        }

        // Under the mark's id: a start that was broken off finds its own number again, and of two silos the first one's holds.
        var own = await Setting($"{EpochMinSetting}/{mark}", Next(known).ToString(CultureInfo.InvariantCulture), cancel);
        await operations.WriteSettingAsync(EpochMinSetting, Encoding.ASCII.GetBytes(own), cancel);
        return int.Parse(own, CultureInfo.InvariantCulture);
    }

    /// <summary>Fences where the store is marked as restored, and takes the mark away.</summary>
    /// <param name="settings">With the epoch of <see cref="EpochMinAsync"/>.</param>
    /// <returns>How many were fenced off by this call.</returns>
    /// <exception cref="StoreException">The store is away, or did not take it. Nothing is lost: the mark is still there.</exception>
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

    /// <summary>Seconds since 2026: no count of epochs gets there first, and two restores of one backup get different ones. An int is enough until 2094.</summary>
    private int Next(int known) => Math.Max(known + 1, (int)Math.Clamp((clock.Now - Beginning).TotalSeconds, 0, int.MaxValue - 1));

    private async Task<int> Fence(IReadOnlyList<ExecutionState> states, RuleSettings settings, CancellationToken cancel)
    {
        var fenced = 0;
        // Asked after the states were loaded: where another silo has fenced all and serves, they may be of after. While there is a mark they are of before, and their revisions guard the rest.
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
        draft.Add(fence, ExecutionRules.Decide(state.Id, state, Prior.None, fence, clock.Now, settings));
        draft.Close(settings);
        return draft.Append;
    }

    /// <summary>Those that somebody else wrote meanwhile, as they are now: another silo that starts on the same store fences, too.</summary>
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
        $"fence {append.State.Id.Value} off",
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
