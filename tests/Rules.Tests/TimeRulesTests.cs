namespace ExecutionGrains.Rules.Tests;

public sealed class TimeRulesTests
{
    /// <summary>Arguments in seconds; a null start: there is none.</summary>
    [Theory]
    [InlineData(5, 9, 20, 9)]
    [InlineData(5, 5, 20, 5)]
    [InlineData(5, 4, 20, 20)]
    [InlineData(5, 4, 5, 5)]
    [InlineData(5, 4, 3, 5)]
    [InlineData(null, 4, 20, 4)]
    public void An_end_before_its_start_gets_the_trackers_time_and_is_never_before_the_start(int? started, int reported, int tracker, int ended) =>
        Assert.Equal(At(ended), TimeRules.End(started is { } s ? At(s) : null, At(reported), At(tracker)));

    [Theory]
    [InlineData(5, 9, 5)]
    [InlineData(9, 5, 5)]
    [InlineData(5, null, 5)]
    public void A_start_without_a_time_was_no_later_than_its_end(int arrived, int? ended, int earlier) =>
        Assert.Equal(At(earlier), TimeRules.Earlier(At(arrived), ended is { } e ? At(e) : null));

    [Fact]
    public void A_step_is_closed_by_the_end_of_its_own_epoch_only_and_only_while_it_is_open()
    {
        var step = new StepRow { Epoch = 2, StepId = "s", Sequence = 1, Block = "b", StartedAt = At(5) };
        var close = new Effect.CloseOpenSteps(2, StepStatus.Lost, At(9), At(10));

        Assert.Equal(step with { Status = StepStatus.Lost, EndedAt = At(9), TrackerEndedAt = At(10) }, step.ClosedBy(close));
        Assert.Equal(At(10), step.ClosedBy(close with { At = At(4) }).EndedAt);
        Assert.Same(step, step.ClosedBy(close with { Epoch = 1 }));
        Assert.Same(step, step.ClosedBy(close with { Epoch = 3 }));
        var done = step with { Status = StepStatus.Succeeded };
        Assert.Same(done, done.ClosedBy(close));
    }

    private static DateTimeOffset At(int second) => World.Begin.AddSeconds(second);
}
