using System.Runtime.InteropServices;
using ExecutionGrains.Samples.Importer;

if (Settings.Read(args) is not { } settings)
{
    Console.Error.WriteLine(Settings.Usage);
    return 64;
}

var stopMax = TimeSpan.FromSeconds(30);
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
if (settings.IsKilled)
{
    return await KilledWorker.RunAsync(settings, stop.Token);
}

Console.WriteLine($"importer: reads {settings.Source}, reports to {(settings.Cluster is null ? settings.Url : "the cluster over the grain interface")}");
try
{
    await Importer.WaitForTrackerAsync(settings.Url, stop.Token);
    await Importer.RunAsync(settings, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // Stopped before any job was scheduled.
}

return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
    // Exit after 30 s at most: a service manager kills a process that stops too slowly. The tracker detects executions that were not reported by then.
    _ = Task.Delay(stopMax).ContinueWith(_ => Environment.Exit(1), TaskScheduler.Default);
}
