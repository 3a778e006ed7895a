namespace ExecutionGrains.Simulation;

/// <summary>Cancels, requeues, resolves and reads executions at random.</summary>
internal sealed class SimulatedOperator(World world)
{
    public async Task Run()
    {
        while (!world.IsEnding)
        {
            await world.Time.Delay(world.Seconds(1, 20));
            await Act(world.Pick(world.Executions).Id);
        }
    }

    private async Task Act(string id)
    {
        var what = world.Random.Next(8) switch
        {
            0 or 1 => "cancel",
            2 or 3 or 4 => "requeue",
            5 or 6 => "resolve",
            _ => "look",
        };
        if (what == "look")
        {
            await world.Network.Send(what, id, async actor => new { View = await actor.LivenessAsync() }, (_, _) => { });
            return;
        }

        var resolution = world.Pick(Enum.GetValues<Resolution>());
        world.Trace.Write($"{id} operator -> {what}");
        await world.Network.Send(
            what,
            id,
            actor => what switch
            {
                "cancel" => actor.CancelAsync("enough", Caller.Local),
                "requeue" => actor.RequeueAsync("again", Caller.Local),
                _ => actor.ResolveAsync(resolution, "seen", Caller.Local),
            },
            (answer, arrived) => world.Ledger.Answered(id, null, answer, arrived));
    }
}
