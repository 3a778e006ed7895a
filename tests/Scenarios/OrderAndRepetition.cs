using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S01 to S14.</summary>
public sealed class OrderAndRepetition
{
    [Fact]
    public async Task S01_A_step_end_without_any_record_makes_the_execution_with_a_closed_step()
    {
        await using var w = await OpenAsync();

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1", StepOutcome.Fail))).Result);

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Running, "unknown", 1, 0), (state.Status, state.Workflow, state.StepCount, state.OpenStepCount));
        Assert.Equal(StepStatus.Failed, (await w.Step("x", "s1")).Status);
    }

    [Fact]
    public async Task S02_The_start_that_arrives_after_the_end_is_merged_and_reopens_nothing()
    {
        await using var w = await OpenAsync();
        await w.Create("x", facts: new() { Workflow = "import", ExplicitTrace = true });
        await w.Report("x", StepEnd("s1") with { Output = "1"u8.ToArray() });
        var ended = (await w.Step("x", "s1")).EndedAt;

        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1", at: w.Now.AddSeconds(-5)))).Result);

        var step = await w.Step("x", "s1");
        Assert.Equal((StepStatus.Succeeded, "extract", w.Now.AddSeconds(-5), ended), (step.Status, step.Block, step.StartedAt, step.EndedAt));
        Assert.Equal("1"u8.ToArray(), step.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S03_The_end_reaches_a_grain_that_never_saw_the_start(bool crash)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1"));
        if (crash)
        {
            Assert.True(w.Silo.TryDrop(w.On("x")));
        }
        else
        {
            await w.Silo.DeactivateAllAsync();
        }

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1"))).Result);

        var step = await w.Step("x", "s1");
        Assert.Equal((StepStatus.Succeeded, "extract"), (step.Status, step.Block));
        Assert.Equal(0, (await w.State("x")).OpenStepCount);
    }

    [Fact]
    public async Task S05_What_the_end_says_of_the_start_wins()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, new() { Workflow = "import", ExplicitTrace = true });
        await w.Report("x", StepStart("s1") with { Input = "1"u8.ToArray() });

        await w.Report("x", StepEnd("s1") with { Input = "[1,2]"u8.ToArray(), Block = "extract-all" });

        var step = await w.Step("x", "s1");
        Assert.Equal("[1,2]"u8.ToArray(), step.Input);
        Assert.Equal("extract-all", step.Block);
    }

    [Fact]
    public async Task S06_The_same_start_twice_gets_the_same_answer_and_makes_one_row()
    {
        await using var w = await OpenAsync();
        var first = await w.Create("x", W1);
        var before = (await w.State("x")).Version;

        var second = await w.Create("x", W1);

        Assert.Equal((Result.Applied, Result.Duplicate), (first.Result, second.Result));
        Assert.Equal((first.Status, first.Version, first.Epoch, first.Claimed), (second.Status, second.Version, second.Epoch, second.Claimed));
        Assert.Equal(before, (await w.State("x")).Version);
        Assert.Single((await w.Reads.ListAsync(new(), 10, null, TestContext.Current.CancellationToken)).Items);
    }

    [Fact]
    public async Task S07_The_same_end_twice_is_a_duplicate()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var end = End() with { EventId = "end" };
        Assert.Equal(Result.Applied, (await w.Report("x", end)).Result);
        var before = await w.State("x");

        Assert.Equal(Result.Duplicate, (await w.Report("x", end)).Result);

        Assert.Equal((before.Version, before.Revision), ((await w.State("x")).Version, (await w.State("x")).Revision));
    }
}
