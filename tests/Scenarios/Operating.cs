using ExecutionGrains.Grains;
using ExecutionGrains.Storage.Lists;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S46 to S48. Silo.Tests covers S48 for HTTP, S49 and S50.</summary>
public abstract class Operating(StoreKind store) : Scenario(store)
{
    [Fact]
    public async Task S46_A_requeued_execution_fences_its_first_worker_and_keeps_the_ended_epoch()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1"));
        await w.Seconds(72);
        await w.Sweep();
        Assert.Equal(Result.Applied, (await w.On("x").Requeue("again", Caller.Local)).Result);
        Assert.Equal(2, (await w.On("x").Claim(W2, Caller.Local)).Epoch);

        Assert.Equal(Code.StaleEpoch, (await w.Report("x", End(), epoch: 1)).Code);
        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1"), epoch: 2)).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", End(), epoch: 2)).Result);

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Succeeded, ExecutionStatus.Lost), (state.Status, Assert.Single(state.Epochs).Status));
        Assert.Equal((StepStatus.Lost, StepStatus.Incomplete), ((await w.Step("x", "s1", 1)).Status, (await w.Step("x", "s1", 2)).Status));
        var figures = await w.Figures();
        Assert.Equal((1, 1), (figures.ByStatus[ExecutionStatus.Lost], figures.ByStatus[ExecutionStatus.Succeeded]));
    }

    [Fact]
    public async Task S47_The_janitor_holds_when_more_than_half_would_be_lost_at_once_and_continues_on_resume()
    {
        await using var w = await OpenAsync(massLossHold: 0.5);
        var ids = Enumerable.Range(0, 1_000).Select(i => $"x{i}").ToArray();
        await Task.WhenAll(ids.Select(id => w.Create(id, W1)));
        await w.Seconds(50);
        await Task.WhenAll(ids.Take(400).Select(id => w.Beat(id)));
        await w.Seconds(22);

        Assert.All(await w.Sweep(), report => Assert.True(report.Held));
        Assert.Equal(0, (await w.Figures()).ByStatus.GetValueOrDefault(ExecutionStatus.Lost));

        await w.WriteSetting(JanitorSettings.HoldSetting, "released");
        Assert.All(await w.Sweep(), report => Assert.False(report.Held));
        Assert.Equal(600, (await w.Figures()).ByStatus[ExecutionStatus.Lost]);
        Assert.Equal(ExecutionStatus.Running, (await w.State("x0")).Status);
    }

    [Fact]
    public async Task S48_A_caller_of_one_namespace_sees_and_touches_nothing_of_another()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, new() { Workflow = "import", Namespace = "ours" });
        var before = await w.State("x");
        var stranger = new Caller { Name = "stranger", Namespaces = ["theirs"] };

        Assert.Equal(Code.IdTaken, (await w.On("x").Report(new EventReport(1, [End() with { EventId = "end" }]), stranger)).Refused);
        Assert.Equal(Code.UnknownExecution, (await w.On("x").Cancel("mine", stranger)).Code);
        Assert.Equal(Code.UnknownExecution, (await w.On("x").Claim(W2, stranger)).Code);
        Assert.Equal(Code.IdTaken, (await w.On("x").Create(new CreateExecution { Facts = ExecutionFacts.None }, stranger)).Code);
        Assert.Equal(Code.Forbidden, (await w.On("y").Create(new CreateExecution { Facts = new() { Namespace = "ours" } }, stranger)).Code);
        Assert.Null((await w.On("z").Report(new EventReport(1, [StepEnd("s1") with { EventId = "1" }]), stranger)).Refused);

        var after = await w.State("x");
        Assert.Equal((before.Version, before.Revision), (after.Version, after.Revision));
        Assert.Equal("theirs", (await w.State("z")).Namespace);
        var seen = await w.Reads.ListAsync(new() { VisibleNamespaces = ["theirs"] }, 10, null, TestContext.Current.CancellationToken);
        Assert.Equal("z", Assert.Single(seen.Items).Id.Value);
    }

    [Fact]
    public async Task A_label_finds_an_execution_by_its_current_values()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, new() { Workflow = "import", Labels = new() { ["region"] = "north" } });
        await w.Create("later", facts: new());
        await w.Report("x", StepStart("1"));
        Assert.Equal("x", await Found("region", "north", ExecutionStatus.Running, "import"));

        await w.Report(
            "later", new ExecutionEvent.ExecutionStarted { Worker = W2, Facts = new() { Workflow = "export", Labels = new() { ["region"] = "south" } } });
        await w.Report("x", End());
        Assert.Equal("later", await Found("region", "south", ExecutionStatus.Running, "export"));
        Assert.Equal("x", await Found("region", "north", ExecutionStatus.Succeeded, "import"));
        Assert.Null(await Found("region", "north", ExecutionStatus.Running, "import"));

        async Task<string?> Found(string key, string value, ExecutionStatus status, string workflow)
        {
            var label = new ExecutionFilter { Label = [new(key, value)] };
            var found = new List<string?>();
            foreach (var filter in (ExecutionFilter[])[label with { Status = [status] }, label with { Status = [status], Workflow = [workflow] }])
            {
                found.Add((await w.Reads.ListAsync(filter, 10, null, TestContext.Current.CancellationToken)).Items.SingleOrDefault()?.Id.Value);
            }

            return Assert.Single(found.Distinct());
        }
    }
}
