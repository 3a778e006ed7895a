using ExecutionGrains.Client.Quartz;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Xunit;

namespace ExecutionGrains.Client.Tests;

public sealed class QuartzTests
{
    [Fact]
    public async Task A_job_is_tracked_with_one_step_for_itself_and_the_steps_and_logs_it_adds()
    {
        var transport = await RunAsync<GoodJob>();
        Assert.Equal(("good", "schedule"), (transport.Created.Single().Facts.Workflow, transport.Created.Single().Facts.TriggerType));
        Assert.Equal(
            ["step.started", "step.started", "log", "step.completed", "step.completed", "execution.completed"], transport.Events.Select(sent => sent.Type));
        var started = transport.Events.OfType<ExecutionEvent.StepStarted>().ToArray();
        Assert.Equal(["good", "inner"], started.Select(step => step.Block));
        Assert.Equal(started[0].StepId, started[1].ParentStepId);
        Assert.Equal(Outcome.Success, transport.Events.OfType<ExecutionEvent.ExecutionCompleted>().Single().Outcome);
    }

    [Fact]
    public async Task A_job_that_throws_fails_with_its_exception()
    {
        var transport = await RunAsync<BadJob>();
        var end = transport.Events.OfType<ExecutionEvent.ExecutionCompleted>().Single();
        Assert.Equal(Outcome.Fail, end.Outcome);
        Assert.Equal("""{"type":"System.IO.InvalidDataException","message":"no such table"}"""u8.ToArray(), end.Error);
    }

    [Fact]
    public async Task A_cancel_interrupts_the_job_which_ends_as_cancel()
    {
        var transport = new ScriptedTransport();
        transport.Next(report => ScriptedTransport.Answered(report, _ => (Result.Applied, null), new(true, "why", false)));
        await RunAsync<EndlessJob>(transport);
        Assert.Equal(StepOutcome.Cancel, transport.Events.OfType<ExecutionEvent.StepCompleted>().Single().Outcome);
        Assert.Equal(Outcome.Cancel, transport.Events.OfType<ExecutionEvent.ExecutionCompleted>().Single().Outcome);
    }

    [Fact]
    public async Task A_job_runs_while_the_tracker_is_down()
    {
        var transport = new ScriptedTransport { OnCreate = _ => throw new TrackerException("down") { Status = 403 } };
        GoodJob.Tracked = null;
        await RunAsync<GoodJob>(transport);
        Assert.False(GoodJob.Tracked);
        Assert.Empty(transport.Reports);
    }

    [Fact]
    public async Task D74_A_tracker_that_does_not_answer_delays_no_job_and_gets_the_run_later()
    {
        var grant = new TaskCompletionSource<ExecutionGrant>();
        var transport = new ScriptedTransport { OnCreateAsync = _ => grant.Task };
        await using var tracker = new ExecutionTracker(transport, new() { AnswerTimeout = TimeSpan.FromMilliseconds(100) });
        GoodJob.Tracked = null;
        await RunAsync<GoodJob>(tracker);
        Assert.True(GoodJob.Tracked);
        Assert.Empty(transport.Reports);
        grant.SetResult(ScriptedTransport.Granted());
        await tracker.DisposeAsync();
        Assert.Equal(Outcome.Success, transport.End.Outcome);
        Assert.Equal(0, tracker.Counters.Abandoned);
    }

    [Fact]
    public async Task D73_A_job_past_its_timeout_is_killed()
    {
        var transport = new ScriptedTransport();
        await using var tracker = new ExecutionTracker(transport);
        await RunAsync<EndlessJob>(tracker, new() { Start = _ => new() { Timeout = TimeSpan.FromSeconds(1) } });
        Assert.Equal(Outcome.Kill, transport.End.Outcome);
    }

    [Fact]
    public async Task D73_A_job_that_a_stopping_scheduler_interrupts_is_cancelled_with_that_reason()
    {
        var transport = new ScriptedTransport();
        await using var tracker = new ExecutionTracker(transport);
        await using var services = new ServiceCollection().AddQuartz(quartz => quartz.UseInMemoryStore(null)).BuildServiceProvider();
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        scheduler.TrackExecutions(tracker);
        var done = await StartAsync<EndlessJob>(scheduler);
        await transport.ReportAsync();
        await scheduler.Standby();
        await scheduler.Interrupt(new JobKey("endless"));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await scheduler.Shutdown(true);
        Assert.Equal(Outcome.Cancel, transport.End.Outcome);
        Assert.Contains("host stopped", transport.EndError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D73_A_job_that_cancels_itself_fails()
    {
        var transport = await RunAsync<ImpatientJob>();
        Assert.Equal(Outcome.Fail, transport.End.Outcome);
        Assert.Contains("TaskCanceledException", transport.EndError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_line_of_registration_is_enough()
    {
        var transport = new ScriptedTransport();
        await using var services = new ServiceCollection()
            .AddSingleton(new ExecutionTracker(transport))
            .AddQuartz(quartz => quartz.UseInMemoryStore(null).TrackExecutions())
            .BuildServiceProvider();
        await FireAsync<GoodJob>(await services.GetRequiredService<ISchedulerFactory>().GetScheduler());
        Assert.Equal("execution.completed", transport.Events.Last().Type);
    }

    private static async Task<ScriptedTransport> RunAsync<T>(ScriptedTransport? transport = null) where T : class, IJob
    {
        transport ??= new();
        await using var tracker = new ExecutionTracker(transport);
        await RunAsync<T>(tracker);
        return transport;
    }

    private static async Task RunAsync<T>(ExecutionTracker tracker, QuartzTrackingOptions? options = null) where T : class, IJob
    {
        await using var services = new ServiceCollection().AddQuartz(quartz => quartz.UseInMemoryStore(null)).BuildServiceProvider();
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        scheduler.TrackExecutions(tracker, options);
        await FireAsync<T>(scheduler);
    }

    private static async Task FireAsync<T>(IScheduler scheduler) where T : class, IJob
    {
        var done = await StartAsync<T>(scheduler);
        await done.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await scheduler.Shutdown(true);
    }

    private static async Task<Ended> StartAsync<T>(IScheduler scheduler) where T : class, IJob
    {
        var done = new Ended();
        scheduler.ListenerManager.AddJobListener(done, Array.Empty<IMatcher<JobKey>>());
        var job = JobBuilder.Create<T>().WithIdentity(typeof(T).Name.Replace("Job", "").ToLowerInvariant()).Build();
        await scheduler.ScheduleJob(job, TriggerBuilder.Create().StartNow().Build());
        await scheduler.Start();
        return done;
    }

    private sealed class Ended : IJobListener
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "ended";

        public Task Task => _ended.Task;

        public ValueTask JobWasExecuted(IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
        {
            _ended.TrySetResult();
            return default;
        }
    }

    public sealed class GoodJob : IJob
    {
        public static bool? Tracked { get; set; }

        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            Tracked = context.GetExecution() is not null;
            if (context.GetStep() is { } step)
            {
                await step.StepAsync("inner", (inner, _) =>
                {
                    inner.Log("line");
                    return Task.CompletedTask;
                }, cancellationToken: cancellationToken);
            }
        }
    }

    public sealed class BadJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => throw new InvalidDataException("no such table");
    }

    public sealed class ImpatientJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            throw new TaskCanceledException("the HTTP client's own time-out");
    }

    public sealed class EndlessJob : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            await Task.Delay(Timeout.Infinite, cancellationToken); // allowed: it ends only by cancellation
    }
}
