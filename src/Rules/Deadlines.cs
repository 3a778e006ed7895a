namespace ExecutionGrains.Rules;

/// <summary>What of an execution runs out, and when (rules 9, 10 and 12).</summary>
public static class Deadlines
{
    /// <summary>A cancel, a lease and a timeout may run at the same time.</summary>
    private const int DeadlinesMax = 3;

    /// <summary>When the janitor should look, by what the store knows; null: never.</summary>
    public static DateTimeOffset? DueAt(ExecutionState state, RuleSettings settings)
    {
        DateTimeOffset? due = null;
        foreach (var (_, at) in Of(state, state.StoredLease, settings, stackalloc (Move, DateTimeOffset)[DeadlinesMax]))
        {
            due = due is { } earlier && earlier <= at ? earlier : at;
        }

        return due + settings.Grace;
    }

    /// <summary>The first deadline that has run out at <paramref name="now"/>, outages considered; null: none has.</summary>
    public static Move? RunOut(ExecutionState state, IReadOnlyList<Outage> outages, DateTimeOffset now, RuleSettings settings)
    {
        (Move Move, DateTimeOffset At)? first = null;
        foreach (var (move, at) in Of(state, state.LeaseExpiresAt, settings, stackalloc (Move, DateTimeOffset)[DeadlinesMax]))
        {
            var excused = Excused(at, outages, state.LeaseTerm ?? ExecutionState.DefaultLease);
            if (excused + settings.Grace <= now && (first is null || excused < first.Value.At))
            {
                first = (move, excused);
            }
        }

        return first?.Move;
    }

    /// <summary>Whether the worker is to stop by itself: its time is up, outages considered, grace or not.</summary>
    public static bool IsPastTimeout(ExecutionState state, IReadOnlyList<Outage> outages, DateTimeOffset now) =>
        state is { Status: ExecutionStatus.Running, TimeoutFrom: { } from, Facts.TimeoutSeconds: { } seconds }
        && now >= Excused(from + TimeSpan.FromSeconds(seconds), outages, state.LeaseTerm ?? ExecutionState.DefaultLease);

    /// <summary>The state for whoever knows only what is stored: the lease may have been renewed by up to half of it in a memory that is gone.</summary>
    public static ExecutionState Presumed(ExecutionState stored) =>
        stored is { StoredLease: { } lease, LeaseTerm: { } term } ? stored with { LeaseExpiresAt = lease + (term / 2) } : stored;

    /// <summary>Whatever would run out in an outage, or within one lease of its end, runs out one lease after its end; and where that is in another outage, likewise, in whatever order they are.</summary>
    private static DateTimeOffset Excused(DateTimeOffset deadline, IReadOnlyList<Outage> outages, TimeSpan lease)
    {
        DateTimeOffset before;
        do
        {
            before = deadline;
            foreach (var outage in outages)
            {
                if (deadline >= outage.From && deadline < outage.To + lease)
                {
                    deadline = outage.To + lease;
                }
            }
        }
        while (deadline > before);

        return deadline;
    }

    /// <param name="deadlines">Room for them: the next one is asked for with every event.</param>
    private static ReadOnlySpan<(Move Move, DateTimeOffset At)> Of(ExecutionState state, DateTimeOffset? lease, RuleSettings settings, Span<(Move, DateTimeOffset)> deadlines)
    {
        if (state.Status is not (ExecutionStatus.Claimed or ExecutionStatus.Running))
        {
            return [];
        }

        var n = 0;
        if (state.Cancel is { } cancel)
        {
            deadlines[n++] = (Move.Cancel, cancel.RequestedAt + settings.CancelGrace);
        }

        // A refused final report follows the claim, but without a lease only the claim's own time can end it.
        if (state is { Status: ExecutionStatus.Claimed, ClaimedAt: { } claimed } && (!state.Followed || (state.FinalReportRefused && lease is null)))
        {
            deadlines[n++] = (Move.ExpireClaim, claimed + settings.ClaimTimeout);
            return deadlines[..n];
        }

        // In the order of rule 13, for those that run out at the same time: refused report, timeout, lost.
        if (lease is { } refusedUntil && state.FinalReportRefused)
        {
            deadlines[n++] = (Move.Lose, refusedUntil);
        }

        if (state is { Status: ExecutionStatus.Running, TimeoutFrom: { } from, Facts.TimeoutSeconds: { } seconds })
        {
            deadlines[n++] = (Move.TimeOut, from + TimeSpan.FromSeconds(seconds) + settings.CancelGrace);
        }

        if (lease is { } until && !state.FinalReportRefused)
        {
            deadlines[n++] = (Move.Lose, until);
        }

        return deadlines[..n];
    }
}
