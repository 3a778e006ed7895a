using System.Globalization;

namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>A tracked piece of work and its real outcome.</summary>
internal sealed class SimulatedWorker(SimulatedRun run, ExecutionTracker tracker, string id, CancellationToken host)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(1);

    private readonly TimeSpan? _timeout = run.Random.Next(3) == 0 ? TimeSpan.FromSeconds(run.Random.Next(2, 30)) : null;
    private readonly TimeSpan _lease = TimeSpan.FromSeconds(run.Random.GetItems<int>([1, 3, 10, 60], 1)[0]);
    private DateTimeOffset _bodyBegan;
    private DateTimeOffset _bodyEnded;
    private bool _isOwn;

    public string Id => id;

    /// <summary>The outcome that the tracker must have stored at the end; null: it must have none.</summary>
    public string? Truth { get; private set; }

    /// <summary>Whether the start was cancelled before the work began, so that the tracker may never have heard of it.</summary>
    public bool IsWithdrawn { get; private set; }

    public int Lines { get; private set; }

    public int StepsStarted { get; private set; }

    public int StepsCompleted { get; private set; }

    /// <summary>Whether the work is running or its end is still to be reported.</summary>
    public bool IsAlive { get; private set; }

    public async Task RunAsync()
    {
        await run.PassAsync(TimeSpan.FromSeconds(run.Random.NextDouble() * 20), CancellationToken.None).ConfigureAwait(false);
        var began = run.Now;
        var start = new StartOptions { ExecutionId = id, HeartbeatTimeout = _lease, Timeout = _timeout, ExplicitTrace = run.Random.Next(2) == 0 };
        IsAlive = true;
        try
        {
            switch (run.Random.Next(4))
            {
                case 0:
                    await ByHandAsync(start, began).ConfigureAwait(false);
                    break;
                case 1:
                    await PausedAsync(start, began).ConfigureAwait(false);
                    break;
                default:
                    await tracker.RunAsync("work", (execution, ct) => BodyAsync(execution, began, ct), start, host).ConfigureAwait(false);
                    Truth = "success";
                    break;
            }
        }
        catch (BrokenPromiseException)
        {
            throw;
        }
        catch (Exception) when (_isOwn || Truth is not null)
        {
            Truth ??= "fail";
        }
        catch (ExecutionStoppedException stopped)
        {
            Truth ??= Stopped(stopped.Reason);
        }
        catch (OperationCanceledException) when (host.IsCancellationRequested)
        {
            IsWithdrawn = _bodyBegan == default;
            Truth ??= "cancel";
        }

        Within(_bodyEnded == default ? run.Now : _bodyEnded, "its end");
        run.Trace($"{id} is {Truth ?? "paused"}");
    }

    /// <summary>The same work without <c>RunAsync</c>, so exceptions of the work are not reported.</summary>
    private async Task ByHandAsync(StartOptions start, DateTimeOffset began)
    {
        await using var execution = await tracker.StartAsync("work", start, host).ConfigureAwait(false);
        try
        {
            var result = await BodyAsync(execution, began, host).ConfigureAwait(false);
            Truth = "success";
            await execution.CompleteAsync(result, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            Truth ??= execution.StopReason != StopReason.None ? Stopped(execution.StopReason) : host.IsCancellationRequested ? "cancel" : "exception";
            throw;
        }
    }

    /// <summary>Pauses and releases the execution, which another worker takes over.</summary>
    private async Task PausedAsync(StartOptions start, DateTimeOffset began)
    {
        await using var execution = await tracker.StartAsync("work", start with { Timeout = null }, host).ConfigureAwait(false);
        Began(began);
        Line(execution);
        await TimedAsync("a pause", () => execution.PauseAsync(cancellationToken: CancellationToken.None)).ConfigureAwait(false);
        _bodyEnded = run.Now;
    }

    private async Task<string> BodyAsync(ExecutionHandle execution, DateTimeOffset began, CancellationToken cancellationToken)
    {
        Began(began);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, execution.Cancellation);
            for (var i = run.Random.Next(15); i > 0; i--)
            {
                run.Cross("work");
                await ActAsync(execution, either.Token).ConfigureAwait(false);
            }

            var drawn = run.Random.Next(10);
            // After a cancel was requested, the work's own cancellation cannot be distinguished from it.
            _isOwn = drawn < 2 || (drawn == 2 && !either.IsCancellationRequested);
            return drawn switch
            {
                < 2 => throw new InvalidDataException("no such table"),
                2 => throw new TaskCanceledException("the HTTP client's own time-out"),
                _ => new string('x', run.Random.Next(100)),
            };
        }
        finally
        {
            _bodyEnded = run.Now;
        }
    }

    private async Task ActAsync(ExecutionHandle execution, CancellationToken cancellationToken)
    {
        switch (run.Random.Next(8))
        {
            case 0:
                for (var i = run.Random.Next(300); i > 0; i--)
                {
                    Line(execution);
                }

                break;
            case 1:
                Lines++;
                await TimedAsync("a line", () => execution.LogAsync(Next(), cancellationToken: CancellationToken.None).AsTask()).ConfigureAwait(false);
                break;
            case 2:
                execution.Report(run.Random.Next(100), "on the way");
                break;
            case 3:
                await StepAsync(execution, cancellationToken).ConfigureAwait(false);
                break;
            case 4 when !cancellationToken.IsCancellationRequested:
                await TimedAsync("a pause", () => execution.PauseAsync(cancellationToken: CancellationToken.None)).ConfigureAwait(false);
                await TimedAsync("a resume", () => execution.ResumeAsync(cancellationToken: CancellationToken.None)).ConfigureAwait(false);
                break;
            default:
                await run.PassAsync(TimeSpan.FromSeconds(run.Random.NextDouble() * _lease.TotalSeconds), cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task StepAsync(ExecutionHandle execution, CancellationToken cancellationToken)
    {
        StepsStarted++;
        var step = await TimedAsync("a step's start", () => execution.BeginStepAsync("block", new() { Input = "input" }, CancellationToken.None))
            .ConfigureAwait(false);
        StepsCompleted++;
        try
        {
            await run.PassAsync(TimeSpan.FromSeconds(run.Random.NextDouble() * 3), cancellationToken).ConfigureAwait(false);
            await TimedAsync("a step's end", () => step.CompleteAsync(new string('y', run.Random.Next(20_000)))).ConfigureAwait(false);
        }
        finally
        {
            await TimedAsync("a step's disposal", () => step.DisposeAsync().AsTask()).ConfigureAwait(false);
        }
    }

    private string Stopped(StopReason reason)
    {
        if (reason == StopReason.Deadline && (_timeout is not { } timeout || run.Now - _bodyBegan < timeout - WaitMax - WaitMax))
        {
            throw new BrokenPromiseException($"{id} is stopped by a deadline that it does not have");
        }

        if (reason is not (StopReason.Deadline or StopReason.Cancelled))
        {
            throw new BrokenPromiseException($"{id} is stopped as {reason}");
        }

        return reason == StopReason.Deadline ? "kill" : "cancel";
    }

    private void Line(ExecutionHandle execution)
    {
        Lines++;
        execution.Log(Next());
    }

    private string Next() => Lines.ToString("D6", CultureInfo.InvariantCulture) + new string('z', run.LineLength);

    private void Began(DateTimeOffset began)
    {
        _bodyBegan = run.Now;
        Within(began, "its start");
    }

    private async Task<T> TimedAsync<T>(string what, Func<Task<T>> call)
    {
        var began = run.Now;
        var result = await call().ConfigureAwait(false);
        Within(began, what);
        return result;
    }

    private async Task TimedAsync(string what, Func<Task> call)
    {
        var began = run.Now;
        await call().ConfigureAwait(false);
        Within(began, what);
    }

    private void Within(DateTimeOffset began, string what)
    {
        run.OnItsThread();
        if (run.Now - began > WaitMax)
        {
            throw new BrokenPromiseException($"{id} was held up by {what} for {(run.Now - began).TotalSeconds} s");
        }
    }
}
