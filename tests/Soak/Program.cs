using ExecutionGrains.Simulation;
using ExecutionGrains.Soak;

// soak [minutes]           random seeds for this time (default 10), on every core
// soak --seed N            runs one seed again, with its trace
// soak --from N [minutes]  seeds from N upwards
if (args is ["--seed", var one])
{
    var run = SimulationRun.Of(int.Parse(one), keepTrace: true);
    foreach (var line in run.Lines)
    {
        Console.WriteLine(line);
    }

    Console.WriteLine($"seed {run.Seed}: {run.Failure ?? "every promise was kept"}; trace {run.TraceHash:x16}");
    return run.Failure is null ? 0 : 1;
}

var (from, rest) = args is ["--from", var first, .. var others] ? (int.Parse(first), others) : (Random.Shared.Next(), args);
if (!double.TryParse(rest is [var said, ..] ? said : "10", out var minutes) || minutes <= 0)
{
    Console.Error.WriteLine("usage: ./soak [minutes] | --seed N | --from N [minutes]");
    return 2;
}

return new Soaking(from, TimeSpan.FromMinutes(minutes)).Run();
