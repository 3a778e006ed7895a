namespace ExecutionGrains.Simulation;

/// <summary>
/// An executor service: takes executions one after the other, reports and sends heartbeats; dies, stalls, repeats itself, and confuses epochs.
/// </summary>
internal sealed class SimulatedWorker(World world, int number)
{
    private int _incarnation;

    public async Task Run()
    {
        var left = world.Random.Next(1, 5);
        while (left-- > 0 && !world.IsEnding)
        {
            await world.Time.Delay(world.Seconds(0, 5));
            var run = new WorkerRun(world, world.Pick(world.Executions), new Worker($"w{number}", $"{_incarnation}"));
            await run.Run();
            if (run.IsDead)
            {
                _incarnation++;
                await world.Time.Delay(world.Seconds(0, 60));
            }
        }
    }
}
