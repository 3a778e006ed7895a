using ExecutionGrains.Client;
using ExecutionGrains.Client.Quartz;
using ExecutionGrains.Samples.Importer.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ExecutionGrains.Samples.Importer;

/// <summary>The executor service: a scheduler with tracked jobs, and a second process that is killed.</summary>
internal static class Importer
{
    /// <summary>Waits until the tracker is ready. Prints once that it waits.</summary>
    public static async Task WaitForTrackerAsync(Uri url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The tracker is not up yet.
            }

            if (attempt == 3)
            {
                Console.WriteLine($"waiting for the tracker at {url}");
            }

            await Task.Delay(TimeSpan.FromSeconds(0.5), cancellationToken);
        }
    }

    public static async Task RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        await using var reports = await ReportTransport.OpenAsync(settings, cancellationToken);
        await using var tracker = new ExecutionTracker(
            reports.Transport,
            new() { OnFault = (execution, fault) => Console.WriteLine($"{"! tracker",-22} {execution}: {fault.Message}") });
        await using var services = new ServiceCollection().AddSingleton(tracker).AddQuartz(quartz => quartz.UseInMemoryStore(null)).BuildServiceProvider();
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellationToken);
        scheduler.Context[JobContextExtensions.SettingsKey] = settings;
        scheduler.TrackExecutions(tracker, new()
        {
            Start = _ => new()
            {
                HeartbeatTimeout = TimeSpan.FromSeconds(6),
                Timeout = TimeSpan.FromMinutes(10),
                TriggeredBy = "importer",
                ExplicitTrace = true
            },
            OnFinished = (context, execution) => Console.WriteLine(
                $"{context.JobDetail.Key.Name,-22} {execution.Id} {execution.Status.Word()} after {context.JobRunTime.TotalSeconds:0.0} s"),
        });
        await ScheduleAsync(scheduler, cancellationToken);
        await scheduler.Start(cancellationToken);
        using var killed = KilledWorker.Spawn(settings);
        await WaitAsync(cancellationToken);
        await StopAsync(scheduler, killed);
    }

    /// <summary>Starts every job within 8 s, then repeats each at its own interval: about one execution every 15 s in total.</summary>
    private static async Task ScheduleAsync(IScheduler scheduler, CancellationToken cancellationToken)
    {
        await AddAsync<HashTreeJob>("hash-tree", after: 0, every: 45);
        await AddAsync<CompressAndVerifyJob>("compress-and-verify", after: 2, every: 60);
        await AddAsync<ParseConfigJob>("parse-config", after: 4, every: 90);
        await AddAsync<NightlyReportJob>("nightly-report", after: 6, every: 75);
        await AddAsync<LongScanJob>("long-scan", after: 8, every: 120);

        async Task AddAsync<T>(string name, int after, int every) where T : class, IJob
        {
            var job = JobBuilder.Create<T>().WithIdentity(name).DisallowConcurrentExecution(true).Build();
            var trigger = TriggerBuilder.Create().WithIdentity($"{name}-every-{every}s").StartAt(DateTimeOffset.UtcNow.AddSeconds(after))
                .WithSimpleSchedule(schedule => schedule.WithInterval(TimeSpan.FromSeconds(every)).RepeatForever()).Build();
            await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
        }
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("stopping: running jobs are reported as cancelled");
        }
    }

    private static async Task StopAsync(IScheduler scheduler, System.Diagnostics.Process killed)
    {
        await scheduler.Standby(CancellationToken.None);
        foreach (var key in (string[])["hash-tree", "compress-and-verify", "parse-config", "nightly-report", "long-scan"])
        {
            await scheduler.Interrupt(new JobKey(key), CancellationToken.None);
        }

        await scheduler.Shutdown(true, CancellationToken.None);
        if (!killed.HasExited)
        {
            killed.Kill();
        }
    }
}
