namespace ExecutionGrains.Rules;

/// <summary>The deadlines of an execution: claim timeout, cancel grace, timeout and lease.</summary>
public static class Deadlines
{
    /// <summary>A cancel, a lease and a timeout can be active at the same time.</summary>
    private const int DeadlinesMax = 3;

    /// <summary>When the janitor should judge the execution: the first deadline by the stored lease, plus the grace. Null if it has no deadline.</summary>
    public static DateTimeOffset? DueAt(ExecutionState state, RuleSettings settings)
    {
        DateTimeOffset? due = null;
        foreach (var (_, at) in Active(state, state.StoredLease, settings, stackalloc (Move, DateTimeOffset)[DeadlinesMax]))
        {
            due = due is { } earlier && earlier <= at ? earlier : at;
        }

        return due + settings.DeadlineGrace;
    }

    /// <summary>
    /// The move for the earliest deadline that has expired at <paramref name="now"/>, after outages and the grace. Null if none has expired.
    /// </summary>
    public static Move? FirstExpired(ExecutionState state, IReadOnlyList<Outage> outages, DateTimeOffset now, RuleSettings settings)
    {
        (Move Move, DateTimeOffset At)? first = null;
        foreach (var (move, at) in Active(state, state.LeaseExpiresAt, settings, stackalloc (Move, DateTimeOffset)[DeadlinesMax]))
        {
            var shifted = ShiftPastOutages(at, outages, state.LeaseTerm ?? ExecutionState.DefaultLease);
            if (shifted + settings.DeadlineGrace <= now && (first is null || shifted < first.Value.At))
            {
                first = (move, shifted);
            }
        }

        return first?.Move;
    }

    /// <summary>Whether the worker should stop because its timeout has passed, after outages. No grace is added.</summary>
    public static bool IsPastTimeout(ExecutionState state, IReadOnlyList<Outage> outages, DateTimeOffset now) =>
        state is { Status: ExecutionStatus.Running, TimeoutFrom: { } from, Facts.TimeoutSeconds: { } seconds }
        && now >= ShiftPastOutages(from + TimeSpan.FromSeconds(seconds), outages, state.LeaseTerm ?? ExecutionState.DefaultLease);

    /// <summary>
    /// The state for a reader that has only the stored row, such as a fresh activation. The previous activation may have extended the lease by up to half its
    /// term without storing it, so that half is added.
    /// </summary>
    public static ExecutionState WithUnstoredExtension(ExecutionState stored) =>
        stored is { StoredLease: { } lease, LeaseTerm: { } term } ? stored with { LeaseExpiresAt = lease + (term / 2) } : stored;

    /// <summary>
    /// Moves a deadline that falls in an outage, or within one lease after it, to one lease after its end. Repeats until no outage applies, because the moved
    /// deadline may fall in another outage. The outages need no order.
    /// </summary>
    private static DateTimeOffset ShiftPastOutages(DateTimeOffset deadline, IReadOnlyList<Outage> outages, TimeSpan lease)
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

    /// <param name="deadlines">
    /// A buffer of <see cref="DeadlinesMax"/> entries on the caller's stack: <see cref="DueAt"/> runs with every event and must not allocate.
    /// </param>
    private static ReadOnlySpan<(Move Move, DateTimeOffset At)> Active(
        ExecutionState state, DateTimeOffset? lease, RuleSettings settings, Span<(Move, DateTimeOffset)> deadlines)
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

        // A refused final report counts as a report after the claim. Without a lease, only the claim timeout can still end the execution.
        if (state is { Status: ExecutionStatus.Claimed, ClaimedAt: { } claimed } && (!state.Followed || (state.FinalReportRefused && lease is null)))
        {
            deadlines[n++] = (Move.ExpireClaim, claimed + settings.ClaimTimeout);
            return deadlines[..n];
        }

        // Of deadlines at the same time the first one in this order applies: refused report, timeout, lost.
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
