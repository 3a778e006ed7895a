using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Samples.OwnSilo;

/// <summary>Reports to the tracker's grain of the execution, which may be on this silo or on another one.</summary>
public sealed class OrderGrain : Grain, IOrderGrain
{
    public async Task<string> Ship(int parcels)
    {
        var id = $"order-{this.GetPrimaryKeyLong()}";
        var execution = GrainFactory.GetGrain<IExecutionGrain>(id);
        var created = await execution.Create(
            new() { Facts = ExecutionFacts.None with { Workflow = "ship" }, Start = new Worker("orders", "1") }, Caller.Local);
        if (created.Code is { } refused)
        {
            throw new InvalidOperationException($"The tracker refused the execution {id}: {refused}.");
        }

        List<ExecutionEvent> events = [];
        for (var parcel = 1; parcel <= parcels; parcel++)
        {
            events.Add(new ExecutionEvent.StepStarted { EventId = $"start-{parcel}", StepId = $"parcel-{parcel}", Block = "parcel" });
            events.Add(new ExecutionEvent.StepCompleted { EventId = $"end-{parcel}", StepId = $"parcel-{parcel}", Outcome = StepOutcome.Success });
        }

        events.Add(new ExecutionEvent.ExecutionCompleted { EventId = "end", Outcome = Outcome.Success });
        await execution.Report(new EventReport(created.Epoch, [.. events]), Caller.Local);
        return id;
    }
}
