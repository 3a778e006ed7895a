using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

public sealed class CommitPacerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ManualTimeProvider time = new();
    private readonly CommitPacer again;
    private int depth = 1;

    public CommitPacerTests() => again = new(time);

    public void Dispose() => again.Dispose();

    [Fact]
    public async Task A_commit_waits_until_as_many_appends_have_arrived_as_the_last_one_answered()
    {
        var waiting = again.WaitAsync(3, () => depth);
        again.Came(3);
        await waiting.WaitAsync(Patience);
        await InVainAfterAsync(passing: 0);
    }

    [Fact]
    public async Task One_less_is_not_enough()
    {
        var waiting = again.WaitAsync(3, () => depth);
        again.Came(2);
        time.Advance(CommitPacer.WaitMax);
        await waiting.WaitAsync(Patience);
        await InVainAfterAsync(passing: 1);
    }

    [Fact]
    public void Appends_that_have_already_arrived_are_counted()
    {
        depth = 3;
        Assert.True(again.WaitAsync(3, () => depth).IsCompletedSuccessfully);
    }

    [Fact]
    public void After_one_answer_no_other_append_is_waited_for() => Assert.True(again.WaitAsync(1, () => depth).IsCompletedSuccessfully);

    [Fact]
    public async Task A_wait_without_an_append_ends_after_two_milliseconds_and_further_waits_become_rarer()
    {
        foreach (var passing in (int[])[0, 1, 2, 4, 8, 16, 32, 64, 64])
        {
            await InVainAfterAsync(passing);
        }
    }

    [Fact]
    public async Task Once_callers_return_every_commit_waits_for_them_again()
    {
        await InVainAfterAsync(passing: 0);
        Assert.True(again.WaitAsync(3, () => depth).IsCompletedSuccessfully);
        await A_commit_waits_until_as_many_appends_have_arrived_as_the_last_one_answered();
    }

    /// <param name="passing">Number of earlier commits that are not delayed.</param>
    private async Task InVainAfterAsync(int passing)
    {
        for (var i = 0; i < passing; i++)
        {
            Assert.True(again.WaitAsync(3, () => depth).IsCompletedSuccessfully);
        }

        var waiting = again.WaitAsync(3, () => depth);
        time.Advance(CommitPacer.WaitMax - TimeSpan.FromTicks(1));
        Assert.Equal(1, time.TimerCount);
        time.Advance(TimeSpan.FromTicks(1));
        await waiting.WaitAsync(Patience);
    }
}
