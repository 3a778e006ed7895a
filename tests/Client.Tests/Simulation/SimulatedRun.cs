using System.Text;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>
/// One run: workers, the SDK with its HTTP transport, a network and a tracker, on one thread and in simulated time. The seed decides everything, so a run can
/// be repeated until it is understood.
/// </summary>
internal sealed class SimulatedRun
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly ManualTimeProvider _clock = new(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero));
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly CancellationTokenSource _host = new();
    private readonly SimulatedTracker _tracker;
    private readonly SimulatedNetwork _network;
    private readonly StringBuilder? _trace;
    private readonly int _stopAt;
    private DateTimeOffset _fineSince;
    private DateTimeOffset _modeUntil;
    private int _crossings;

    public SimulatedRun(int seed, bool trace = false)
    {
        Random = new Random(seed);
        _trace = trace ? new() : null;
        _tracker = new SimulatedTracker(() => Now);
        _network = new SimulatedNetwork(this, _tracker);
        // In half of the runs the host stops, at any point where the run waits or sends.
        _stopAt = Random.Next(2) == 0 ? Random.Next(1, 150) : int.MaxValue;
        LineLength = Random.Next(4) == 0 ? 2_000 : 20;
    }

    public Random Random { get; }

    public int LineLength { get; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    public string Traced => _trace?.ToString() ?? "";

    /// <exception cref="BrokenPromiseException">A guarantee of the SDK did not hold.</exception>
    public void Run()
    {
        var small = Random.Next(3) == 0;
        var tracker = new ExecutionTracker(new HttpTransport(new("https://tracker"), "eg_key", _network), new()
        {
            TimeProvider = _clock,
            Deterministic = true,
            Random = Random,
            BufferBytes = small ? 64 << 10 : 64 << 20,
            BufferBytesTotal = small && Random.Next(2) == 0 ? 64 << 10 : 256 << 20,
        });
        var workers = Enumerable.Range(0, Random.Next(1, 4)).Select(i => new SimulatedWorker(this, tracker, $"e{i}", _host.Token)).ToArray();
        var work = workers.Select(worker => worker.RunAsync()).ToArray();
        Pass(Task.WhenAll(work), TimeSpan.FromHours(1), workers);
        var isHasty = Random.Next(3) == 0;
        if (!isHasty)
        {
            // The network works again for long enough, so everything must arrive.
            Switch(NetworkMode.Fine, TimeSpan.FromHours(1));
            Pass(null, TimeSpan.FromMinutes(2), workers);
        }

        Dispose(tracker);
        Check(workers, tracker, isHasty, small);
    }

    /// <summary>A point in the work or in a request at which the host may stop or an operator may cancel.</summary>
    public void Cross(string where)
    {
        OnItsThread();
        if (++_crossings == _stopAt)
        {
            Trace($"the host stops at {where}");
            _host.Cancel();
        }

        if (Random.Next(300) == 0 && _tracker.Records.Count > 0)
        {
            var record = _tracker.Records.Values.ElementAt(Random.Next(_tracker.Records.Count));
            record.CancelRequested = true;
            Trace($"{record.Id} is to be cancelled");
        }
    }

    public async Task PassAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        // A cancelled delay of the framework would continue on the thread pool, outside this run's thread.
        var passed = new TaskCompletionSource();
        await using var timer = _clock.CreateTimer(_ => passed.TrySetResult(), null, time, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellationToken.UnsafeRegister((_, ct) => passed.TrySetCanceled(ct), null);
        await passed.Task.ConfigureAwait(false);
        OnItsThread();
    }

    /// <summary>Never completes; some of these tasks ignore cancellation.</summary>
    public async Task<T> HangAsync<T>(CancellationToken cancellationToken)
    {
        var isDeaf = Random.Next(4) == 0;
        var never = new TaskCompletionSource<T>();
        await using var cancelled = isDeaf ? default : cancellationToken.UnsafeRegister((_, ct) => never.TrySetCanceled(ct), null);
        return await never.Task.ConfigureAwait(false);
    }

    public void OnItsThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new BrokenPromiseException("the run left its thread");
        }
    }

    public void Trace(string text) => _trace?.AppendLine($"{Now:HH:mm:ss.fff} {(text.Length > 300 ? text[..300] : text)}");

    private void Pass(Task? until, TimeSpan most, SimulatedWorker[] workers)
    {
        var end = Now + most;
        while (until is null ? Now < end : !until.IsCompleted)
        {
            if (Now >= end)
            {
                throw new BrokenPromiseException("the work does not end");
            }

            if (Now >= _modeUntil)
            {
                Switch((NetworkMode)(Random.Next(2) * Random.Next(6)), TimeSpan.FromSeconds(Random.Next(1, 60)));
            }

            _clock.Advance(Tick);
            CheckContacts(workers);
        }

        until?.GetAwaiter().GetResult();
    }

    private void Switch(NetworkMode mode, TimeSpan time)
    {
        _fineSince = mode == NetworkMode.Fine ? (_network.Mode == mode ? _fineSince : Now) : DateTimeOffset.MaxValue;
        (_network.Mode, _modeUntil) = (mode, Now + time);
        Trace($"the way is {mode} for {time.TotalSeconds} s");
    }

    private void Dispose(ExecutionTracker tracker)
    {
        var began = Now;
        var disposal = tracker.DisposeAsync().AsTask();
        while (!disposal.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            if (Now - began > TimeSpan.FromSeconds(10.2))
            {
                throw new BrokenPromiseException("the tracker's disposal takes longer than its DisposeTimeout");
            }
        }

        disposal.GetAwaiter().GetResult();
        var crossings = _crossings;
        _clock.Advance(TimeSpan.FromMinutes(5));
        if (_crossings != crossings)
        {
            throw new BrokenPromiseException("requests are sent after the disposal");
        }
    }

    /// <summary>While the tracker is available, it hears of each running execution within each lease.</summary>
    private void CheckContacts(SimulatedWorker[] workers)
    {
        foreach (var record in _tracker.Records.Values.Where(record => record.End is null && record.Status == "running"))
        {
            var worker = workers.Single(worker => worker.Id == record.Id);
            var since = record.LastContact > _fineSince ? record.LastContact : _fineSince;
            if (worker.IsAlive && Now - since > record.Lease)
            {
                throw new BrokenPromiseException(
                    $"{record.Id} was silent for {(Now - since).TotalSeconds} s of {record.Lease.TotalSeconds} while the tracker was well");
            }
        }
    }

    private void Check(SimulatedWorker[] workers, ExecutionTracker tracker, bool isHasty, bool small)
    {
        foreach (var worker in workers)
        {
            if (!_tracker.Records.TryGetValue(worker.Id, out var record))
            {
                Require(isHasty || worker.IsWithdrawn, $"{worker.Id} was never recorded");
                continue;
            }

            Require(
                record.End == worker.Truth || (isHasty && record.End is null),
                $"{worker.Id} is {record.End ?? "unended"}, and really {worker.Truth ?? "unended"}");
            Require(record.Late == 0, $"{worker.Id} has events after its end");
            var lines = record.Lines.Where(line => char.IsAsciiDigit(line[0]) && line[^1] == 'z').ToArray();
            Require(record.IsPartly || lines.SequenceEqual(lines.Order(StringComparer.Ordinal)), $"the lines of {worker.Id} are not in order");
            if (!isHasty && !worker.IsWithdrawn)
            {
                var dropped = record.Lines.Where(line => line.Contains(" dropped here", StringComparison.Ordinal))
                    .Sum(line => int.Parse(line[..line.IndexOf(' ')], null));
                // The dropped lines may include the SDK's own line about payloads that are not recorded.
                Require(
                    lines.Length + dropped - worker.Lines is 0 || (dropped > 0 && lines.Length + dropped - worker.Lines is 1),
                    $"{worker.Id} wrote {worker.Lines} lines, {lines.Length} arrived and {dropped} are said to be dropped");
                Require((record.StepsStarted, record.StepsCompleted) == (worker.StepsStarted, worker.StepsCompleted) || small, $"{worker.Id} lost steps");
                Require(dropped == 0 || small, $"{worker.Id} dropped lines though there was room");
            }
        }

        Require(isHasty || small || tracker.Counters.Abandoned == 0, $"{tracker.Counters.Abandoned} events were given up");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }
}
