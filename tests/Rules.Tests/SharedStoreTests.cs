namespace ExecutionGrains.Rules.Tests;

/// <summary>What a silo must not conclude from its own memory alone, or from the store alone. The simulation found these.</summary>
public sealed class SharedStoreTests
{
    private readonly World _w = new();

    [Fact]
    public void The_first_contact_after_a_claim_is_stored()
    {
        _w.Create();
        _w.Claim(World.W1);
        _w.Now += TimeSpan.FromSeconds(1);
        Assert.True(_w.Beat().MustStore);
        _w.Now += TimeSpan.FromSeconds(1);
        Assert.False(_w.Beat().MustStore);
    }

    [Fact]
    public void On_a_shared_store_the_stored_lease_and_half_of_one_must_have_run_out()
    {
        _w.Create(World.W1);
        var unheard = _w.S;
        var now = World.Begin + TimeSpan.FromSeconds(75);
        Assert.Equal(ExecutionStatus.Lost, Judged(unheard, now, shared: false));
        Assert.Equal(ExecutionStatus.Running, Judged(unheard, now, shared: true));
        Assert.Equal(ExecutionStatus.Lost, Judged(unheard, now + TimeSpan.FromSeconds(26), shared: true));
    }

    private static ExecutionStatus Judged(ExecutionState state, DateTimeOffset now, bool shared) =>
        ExecutionRules.Decide(state.Id, state, StoredRows.None, new Command.CheckDeadlines([], shared), now, new RuleSettings()).State!.Status;
}
