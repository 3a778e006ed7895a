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
if (settings.Doomed)
{
    return await DoomedWorker.RunAsync(settings, stop.Token);
}

Console.WriteLine($"importer: reads {settings.Source}, reports to {(settings.Cluster is null ? settings.Url : "the cluster's grains")}");
try
{
    await Importer.WaitForTrackerAsync(settings.Url, stop.Token);
    await Importer.RunAsync(settings, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // Stopped before there was anything to stop.
}

return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
    // Whoever stops a service kills it sooner or later. What the tracker has not heard by then it finds out.
    _ = Task.Delay(stopMax).ContinueWith(_ => Environment.Exit(1), TaskScheduler.Default);
}
