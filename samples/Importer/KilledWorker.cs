using System.Diagnostics;
using ExecutionGrains.Client;

namespace ExecutionGrains.Samples.Importer;

/// <summary>A worker process that is killed in the middle of a step and reports nothing, to show how its execution becomes lost.</summary>
internal static class KilledWorker
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    /// <summary>Starts this program again as the process that will be killed.</summary>
    public static Process Spawn(Settings settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledWorker).Assembly.Location);
        }

        foreach (var argument in (string[])["--killed", "--url", settings.Url.AbsoluteUri, "--source", settings.Source, "--work", settings.Work])
        {
            start.ArgumentList.Add(argument);
        }

        // Pass the key in the environment: every process on the machine can read the arguments.
        start.Environment["EXECUTIONGRAINS_KEY"] = settings.Key;
        return Process.Start(start)!;
    }

    public static async Task<int> RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        await using var reports = await ReportTransport.OpenAsync(settings, cancellationToken);
        await using var tracker = new ExecutionTracker(reports.Transport, new() { WorkerId = $"{Environment.MachineName}-killed" });
        await using var execution = await tracker.StartAsync("killed-import", new() { HeartbeatTimeout = Lease, TriggerType = "schedule" }, cancellationToken);
        Console.WriteLine($"killed-import   {execution.Id} started in process {Environment.ProcessId}, which is about to be killed");
        var files = SourceTree.Files(settings.Source, 40);
        await execution.StepAsync("extract", async (step, ct) =>
        {
            foreach (var file in files)
            {
                await SourceTree.HashAsync(file, ct);
            }

            step.Log($"{files.Count} files read");
        }, cancellationToken: cancellationToken);
        await using var load = await execution.BeginStepAsync("load", cancellationToken: cancellationToken);
        load.Log("loading", Severity.Warn);
        execution.Report(40, "halfway");
        await Task.Delay(Lease / 2, cancellationToken);
        Process.GetCurrentProcess().Kill();
        return 0;
    }
}
