using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace ExecutionGrains.Faults;

/// <summary>
/// Many live executions, each with its own worker that reports at a steady pace. A report without an answer, or answered <c>retry</c>, is sent again under the
/// same ids; an acknowledged event is recorded; any other answer is a surprise.
/// </summary>
internal sealed class Workers(TrackerApi[] silos, Acknowledged book, string prefix = "run") : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _finishing = new();
    private readonly CancellationTokenSource _silenced = new();
    private readonly List<Task> _running = [];
    private readonly ConcurrentBag<string> _surprises = [];
    private readonly ConcurrentBag<TimeSpan> _latencies = [];
    private readonly ConcurrentDictionary<string, long> _sentAt = new(StringComparer.Ordinal);
    private TaskCompletionSource _reachable = Done();
    private long _sentAgain;
    private long _silenceMax;

    public IReadOnlyList<string> Surprises => [.. _surprises];

    /// <summary>Latency at this quantile of all requests.</summary>
    /// <param name="share">0 to 1.</param>
    public TimeSpan LatencyAt(double share)
    {
        TimeSpan[] sorted = [.. _latencies.Order()];
        return sorted.Length == 0 ? TimeSpan.Zero : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
    }

    /// <summary>Discards earlier measurements, because a silo that has just started still compiles its code.</summary>
    public void MeasureAnew() => _latencies.Clear();

    /// <summary>Number of requests that were sent again.</summary>
    public long SentAgain => Interlocked.Read(ref _sentAgain);

    /// <summary>
    /// The longest time between two sends of one worker while its network was up. If it exceeds the lease, the worker really was silent, because this machine
    /// was overloaded.
    /// </summary>
    public TimeSpan SilenceMax => TimeSpan.FromTicks(Interlocked.Read(ref _silenceMax));

    /// <summary>Starts all workers; completes when each execution is acknowledged as running.</summary>
    /// <param name="pace">Time between two reports of one execution.</param>
    public async Task StartAsync(int executions, TimeSpan lease, TimeSpan pace)
    {
        var started = new List<Task>(executions);
        for (var i = 0; i < executions; i++)
        {
            var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            started.Add(up.Task);
            _running.Add(RunAsync($"{prefix}-{i}", lease, pace, up));
        }

        await Task.WhenAll(started);
    }

    /// <summary>Cuts the workers' network: nothing more is sent.</summary>
    public void Cut() => _reachable = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => _reachable.TrySetResult();

    /// <summary>Makes every worker report success and end.</summary>
    public async Task FinishAsync()
    {
        await _finishing.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>Stops every worker in the middle, without a report.</summary>
    public async Task FallSilentAsync()
    {
        await _silenced.CancelAsync();
        await Task.WhenAll(_running);
    }

    public async ValueTask DisposeAsync()
    {
        await FallSilentAsync();
        _finishing.Dispose();
        _silenced.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task RunAsync(string id, TimeSpan lease, TimeSpan pace, TaskCompletionSource up)
    {
        try
        {
            var create = $$"""
                { "executionId": "{{id}}", "workflow": "load", "heartbeatTimeoutSeconds": {{(int)lease.TotalSeconds}},
                  "start": { "workerId": "w-{{id}}", "incarnation": "i" } }
                """;
            await SendAsync(id, "/v1/executions", create, []);
            up.TrySetResult();
            // Staggers the workers, so that at any moment some are in the middle of a report.
            await PauseAsync(pace * Random.Shared.NextDouble());
            for (var report = 0; !_finishing.IsCancellationRequested; report++)
            {
                await ReportAsync(id, [
                    $$"""{"eventId":"{{report}}-a","type":"step.started","stepId":"s{{report}}","block":"b{{report % 3}}"}""",
                    $$"""{"eventId":"{{report}}-b","type":"log","message":"report {{report}}"}""",
                    $$"""{"eventId":"{{report}}-c","type":"step.completed","stepId":"s{{report}}","outcome":"success"}""",
                ]);
                await PauseAsync(pace);
            }

            await ReportAsync(id, ["""{"eventId":"end","type":"execution.completed","outcome":"success"}"""]);
        }
        catch (OperationCanceledException) when (_silenced.IsCancellationRequested)
        {
            up.TrySetCanceled();
        }
    }

    private Task ReportAsync(string id, string[] events) =>
        SendAsync(id, $"/v1/executions/{id}/events", $$"""{"epoch":1,"events":[{{string.Join(',', events)}}]}""", events);

    private async Task SendAsync(string id, string path, string json, string[] events)
    {
        for (var attempt = 0; ; attempt++)
        {
            await Reachable(id);
            var silo = silos[Random.Shared.Next(silos.Length)];
            var began = Stopwatch.GetTimestamp();
            var answered = await silo.TryPostAsync(path, json, _silenced.Token);
            _latencies.Add(Stopwatch.GetElapsedTime(began));
            if (answered is { } answer && Settled(id, answer, events))
            {
                return;
            }

            Interlocked.Increment(ref _sentAgain);
            await Task.Delay(RetryDelay, _silenced.Token); // allowed: a worker spaces its retries.
        }
    }

    private async Task Reachable(string id)
    {
        if (_reachable.Task.IsCompleted && _sentAt.TryGetValue(id, out var last))
        {
            var silence = Stopwatch.GetElapsedTime(last).Ticks;
            for (var known = SilenceMax.Ticks;
                silence > known && Interlocked.CompareExchange(ref _silenceMax, silence, known) != known;
                known = SilenceMax.Ticks)
            {
            }
        }

        await _reachable.Task.WaitAsync(_silenced.Token);
        _sentAt[id] = Stopwatch.GetTimestamp();
    }

    /// <summary>True if nothing has to be sent again.</summary>
    private bool Settled(string id, (int Status, JsonElement Body) answer, string[] events)
    {
        if (answer.Status is 429 or 503)
        {
            return false;
        }

        if (answer.Status is not (200 or 201))
        {
            _surprises.Add($"{id}: {answer.Status} {answer.Body}");
            return true;
        }

        if (events.Length == 0)
        {
            return true;
        }

        var settled = true;
        foreach (var result in answer.Body.GetProperty("results").EnumerateArray())
        {
            switch (result.GetProperty("result").GetString())
            {
                case "applied" or "duplicate":
                    book.Add(id, result.GetProperty("eventId").GetString()!);
                    break;
                case "retry":
                    settled = false;
                    break;
                default:
                    _surprises.Add($"{id}: {result}");
                    break;
            }
        }

        return settled;
    }

    /// <summary>Waits for the worker's pace; ends early when the worker must finish.</summary>
    private async Task PauseAsync(TimeSpan pace)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_finishing.Token, _silenced.Token);
        await Task.Delay(pace, either.Token).ContinueWith(_ => { }, TaskScheduler.Default); // allowed: the pace of the load.
        _silenced.Token.ThrowIfCancellationRequested();
    }
}
