using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Leases and timeouts, and when the janitor acts on them. Times are seconds from the start.</summary>
public sealed class DeadlineTests
{
    private readonly World _w = new();

    [Theory]
    [InlineData(30, 60, false)]
    [InlineData(30.001, 60, true)]
    [InlineData(50, 100, false)]
    [InlineData(50.001, 100, true)]
    public void A_contact_is_stored_when_less_than_half_of_the_stored_lease_is_left(double after, int lease, bool stored)
    {
        _w.Create(W1, new() { HeartbeatTimeoutSeconds = lease });
        _w.Now += TimeSpan.FromSeconds(after);

        Assert.Equal(stored, _w.Beat().MustStore);
        Assert.Equal(_w.Now.AddSeconds(lease), _w.S.LeaseExpiresAt);
        Assert.Equal(stored ? _w.Now.AddSeconds(lease) : Begin.AddSeconds(lease), _w.S.StoredLease);
    }

    /// <summary>Grace 10 s, cancel grace 30 s, lease 60 s.</summary>
    [Theory]
    [InlineData(null, null, 70)]
    [InlineData(10, null, 50)]
    [InlineData(100, null, 70)]
    [InlineData(null, 0, 40)]
    [InlineData(10, 5, 45)]
    [InlineData(1, 5, 41)]
    [InlineData(null, 59, 70)]
    public void An_execution_is_due_at_its_earliest_deadline(int? timeout, int? cancelledAt, int due)
    {
        _w.Create(W1, new() { TimeoutSeconds = timeout });
        if (cancelledAt is { } at)
        {
            _w.Suppose(s => s with { Cancel = new CancelRequest(null, "ops", Begin.AddSeconds(at)) });
        }

        Assert.Equal(Begin.AddSeconds(due), Deadlines.DueAt(_w.S, _w.Settings));
        Assert.Null(Deadlines.FirstExpired(_w.S, [], Begin.AddSeconds(due).AddTicks(-1), _w.Settings));
        Assert.NotNull(Deadlines.FirstExpired(_w.S, [], Begin.AddSeconds(due), _w.Settings));
    }

    [Theory]
    [InlineData(29, Move.TimeOut)]
    [InlineData(30, Move.TimeOut)]
    [InlineData(31, Move.Lose)]
    public void Of_several_expired_deadlines_the_earliest_counts_and_of_equal_ones_the_timeout(int timeout, Move expected)
    {
        _w.Create(W1, new() { TimeoutSeconds = timeout });

        Assert.Equal(expected, Deadlines.FirstExpired(_w.S, [], Begin.AddHours(1), _w.Settings));
    }

    [Theory]
    [InlineData(29, Cause.Timeout)]
    [InlineData(30, Cause.ReportRejected)]
    [InlineData(31, Cause.ReportRejected)]
    [InlineData(null, Cause.ReportRejected)]
    public void A_refused_end_comes_before_a_timeout_of_the_same_time(int? timeout, Cause cause)
    {
        _w.Create(W1, new() { TimeoutSeconds = timeout });
        _w.Report(RefusedEnd());

        _w.Judge(TimeSpan.FromHours(1));

        Assert.Equal((cause, FinalizationPath.ForceFailed), (_w.S.Cause, _w.S.Path));
        Assert.Equal(cause == Cause.Timeout ? ExecutionStatus.Killed : ExecutionStatus.Exception, _w.S.Status);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_claim_without_a_report_has_the_claim_timeout_and_no_lease()
    {
        _w.Create(facts: new() { HeartbeatTimeoutSeconds = 5 });
        _w.Claim(W1);

        Assert.Equal(Begin.AddSeconds(40), Deadlines.DueAt(_w.S, _w.Settings));
        _w.Judge(TimeSpan.FromSeconds(39));
        Assert.Equal((ExecutionStatus.Claimed, 1), (_w.S.Status, _w.S.Epoch));
        _w.Judge(TimeSpan.FromSeconds(1));
        Assert.Equal((ExecutionStatus.Pending, 2), (_w.S.Status, _w.S.Epoch));
    }

    [Theory]
    [InlineData(-1, 10, 130)]
    [InlineData(0, 10, 130)]
    [InlineData(1, 10, 70)]
    [InlineData(-70, -60, 70)]
    [InlineData(-70, -59, 71)]
    public void A_deadline_in_an_outage_or_within_one_lease_of_its_end_moves_to_one_lease_after_its_end(int from, int to, int due)
    {
        _w.Create(W1);
        // An outage near the end of the lease.
        var outage = new Outage(Begin.AddSeconds(60 + from), Begin.AddSeconds(60 + to));
        var at = Begin.AddSeconds(due == 130 ? 140 : due);

        Assert.Null(Deadlines.FirstExpired(_w.S, [outage], at.AddTicks(-1), _w.Settings));
        Assert.Equal(Move.Lose, Deadlines.FirstExpired(_w.S, [outage], at, _w.Settings));
    }

    [Theory]
    [InlineData(ExecutionStatus.Pending)]
    [InlineData(ExecutionStatus.Paused)]
    [InlineData(ExecutionStatus.Succeeded)]
    [InlineData(ExecutionStatus.Lost)]
    public void An_execution_that_is_neither_claimed_nor_running_is_never_due(ExecutionStatus status)
    {
        _w.Create(W1, new() { TimeoutSeconds = 10 });
        _w.Suppose(s => s with { Status = status, Cancel = new CancelRequest(null, "ops", Begin) });

        Assert.Null(Deadlines.DueAt(_w.S, _w.Settings));
        Assert.Null(Deadlines.FirstExpired(_w.S, [], Begin.AddYears(1), _w.Settings));
        Assert.False(Deadlines.IsPastTimeout(_w.S, [], Begin.AddYears(1)));
    }

    [Fact]
    public void A_worker_is_past_its_timeout_from_the_very_moment()
    {
        _w.Create(W1, new() { TimeoutSeconds = 600 });

        Assert.False(Deadlines.IsPastTimeout(_w.S, [], Begin.AddSeconds(600).AddTicks(-1)));
        Assert.True(Deadlines.IsPastTimeout(_w.S, [], Begin.AddSeconds(600)));
        Assert.False(Deadlines.IsPastTimeout(_w.S with { TimeoutFrom = null }, [], Begin.AddYears(1)));
    }

    [Fact]
    public void A_silo_that_knows_only_the_store_adds_half_a_lease()
    {
        _w.Create(W1);

        Assert.Equal(Begin.AddSeconds(90), Deadlines.WithUnstoredExtension(_w.S).LeaseExpiresAt);
        var unleased = _w.S with { StoredLease = null, LeaseExpiresAt = null };
        Assert.Same(unleased, Deadlines.WithUnstoredExtension(unleased));
    }

    [Theory]
    [InlineData(70, null, true)]
    [InlineData(75, 69, false)]
    [InlineData(75, 70, true)]
    [InlineData(69, 80, false)]
    public void The_janitor_judges_as_of_the_time_at_which_it_asked(int now, int? asked, bool lost)
    {
        _w.Create(W1);
        _w.Now = Begin.AddSeconds(now);

        _w.Do(new Command.CheckDeadlines([], DeadlinesUpTo: asked is { } at ? Begin.AddSeconds(at) : null));

        Assert.Equal(lost, _w.S.Status == ExecutionStatus.Lost);
        Assert.True(!lost || _w.S.TrackerEndedAt == _w.Now);
    }

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void On_a_shared_store_half_a_lease_is_added_to_the_stored_one(int judged, bool lost)
    {
        _w.Create(W1);
        _w.Now = Begin.AddSeconds(judged);
        _w.Do(new Command.CheckDeadlines([], IsStoreShared: true));
        Assert.Equal(lost, _w.S.Status == ExecutionStatus.Lost);
    }

    [Fact]
    public void On_a_shared_store_a_longer_lease_in_memory_counts()
    {
        _w.Create(W1);
        _w.Suppose(s => s with { LeaseExpiresAt = Begin.AddSeconds(200) });
        _w.Now = Begin.AddSeconds(209);
        _w.Do(new Command.CheckDeadlines([], IsStoreShared: true));
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lease_or_claim_that_expires_under_a_cancel_is_cancelled(bool claimed)
    {
        _w.Create(claimed ? null : W1);
        if (claimed)
        {
            _w.Claim(W1);
        }

        _w.Now += TimeSpan.FromSeconds(claimed ? 25 : 55);
        _w.Cancel();
        _w.Judge(TimeSpan.FromSeconds(16));

        Assert.Equal((ExecutionStatus.Cancelled, FinalizationPath.Cancelled, Cause.CancelUnconfirmed, 1), (_w.S.Status, _w.S.Path, _w.S.Cause, _w.S.Epoch));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_resume_gives_a_fresh_deadline_and_a_fresh_lease()
    {
        _w.Create(W1, new() { TimeoutSeconds = 100 });
        _w.Now += TimeSpan.FromSeconds(90);
        _w.Report(new ExecutionEvent.ExecutionPaused());
        Assert.Equal((_w.Now, null, null), (_w.S.PausedAt, _w.S.LeaseExpiresAt, _w.S.StoredLease));
        Assert.Null(Deadlines.DueAt(_w.S, _w.Settings));
        _w.Now += TimeSpan.FromDays(3);

        _w.Report(new ExecutionEvent.ExecutionResumed());

        Assert.Equal(
            (_w.Now, _w.Now.AddSeconds(60), _w.Now.AddSeconds(60), null, null),
            (_w.S.TimeoutFrom, _w.S.LeaseExpiresAt, _w.S.StoredLease, _w.S.PausedAt, _w.S.Path));
        Assert.False(Deadlines.IsPastTimeout(_w.S, [], _w.Now.AddSeconds(99)));
        _w.HistoryGivesTheState();
    }
}
