using System.Diagnostics;
using System.Diagnostics.Metrics;
using ExecutionGrains.Grains;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>
/// S41 on the silo's side; Client.Tests covers the SDK's callbacks. These tests run alone, because a trace listener hears every silo of the process.
/// </summary>
public abstract class Observers(StoreKind store) : Scenario(store)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S41_A_listener_to_metrics_or_traces_that_throws_or_hangs_changes_no_outcome(bool hangs)
    {
        await using var w = await OpenAsync();
        using var hang = new Hang();
        using var listener = w.Listener((_, _, _) => Misbehave());
        using var tracing = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ExecutionGrains",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ => Misbehave(),
            ActivityStopped = _ => Misbehave(),
        };
        ActivitySource.AddActivityListener(tracing);

        await w.Create("x", W1);
        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1"))).Result);
        var exporter = new Thread(() => Swallow(listener.RecordObservableInstruments)) { IsBackground = true };
        exporter.Start();
        hang.WaitUntilMet();
        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1"))).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", End())).Result);
        Assert.Equal(Result.Applied, (await w.Report("neighbour", StepEnd("s1"))).Result);
        await w.Sweep();

        Assert.Equal(ExecutionStatus.Succeeded, (await w.State("x")).Status);
        Assert.Equal(1, w.Counted("executiongrains.executions.ended", ("status", "succeeded"), ("cause", "reported")));
        Assert.Equal(2, w.Counted("executiongrains.events", ("type", "step.completed"), ("result", "applied")));
        hang.Release();
        exporter.Join();

        void Misbehave()
        {
            hang.Meet(waits: hangs);
            throw new InvalidOperationException("I am a listener.");
        }
    }

    [Fact]
    public async Task S41_A_listener_that_throws_when_an_instrument_is_published_does_not_prevent_a_start()
    {
        using var listener = new MeterListener
        {
            // Only this call's silo, because others start beside it. Only our instruments, because Orleans does not guard the creation of its own.
            InstrumentPublished = (instrument, _) =>
            {
                if (Starting.Value && instrument.Meter.Name == "ExecutionGrains")
                {
                    throw new InvalidOperationException("I am a listener.");
                }
            },
        };
        listener.Start();
        Starting.Value = true;
        await using var w = await OpenAsync();
        Starting.Value = false;

        await w.Create("x", W1);

        Assert.Equal(Result.Applied, (await w.Report("x", End())).Result);
        Assert.Equal(1, w.Counted("executiongrains.executions.ended", ("status", "succeeded"), ("cause", "reported")));
    }

    [Fact]
    public async Task S41_A_logger_that_throws_changes_no_outcome_and_every_lost_line_is_counted()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        w.Log.Before = () => throw new InvalidOperationException("I am a logger.");
        w.Faults.Refuse = _ => "no";
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, StepStart("s1"))).Refused);
        }

        w.Faults.Refuse = _ => null;
        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1"))).Result);
        await w.UntilDropped(10);
        Assert.InRange(w.Counted("executiongrains.log.dropped"), 10, long.MaxValue);
    }

    [Fact]
    public async Task S41_D61_A_logger_that_hangs_delays_no_caller_and_its_dropped_lines_are_counted()
    {
        await using var w = await OpenAsync();
        using var hang = new Hang();
        await w.Create("x", W1);
        w.Log.Before = () => hang.Meet(waits: true);
        w.Faults.Refuse = append => append.State.Id.Value == "x" ? "no" : null;
        Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, StepStart("s1"))).Refused);
        hang.WaitUntilMet();
        for (var i = 0; i < 1_030; i++)
        {
            Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, StepStart("s1"))).Refused);
        }

        Assert.InRange(w.Counted("executiongrains.log.dropped"), 6, long.MaxValue);
        Assert.Equal(Result.Applied, (await w.Report("neighbour", StepEnd("s1"))).Result);
        w.Faults.Refuse = _ => null;
        Assert.Equal(Result.Applied, (await w.Report("x", End())).Result);
        Assert.Equal(ExecutionStatus.Succeeded, (await w.State("x")).Status);
    }

    private static readonly AsyncLocal<bool> Starting = new();

    private static void Swallow(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is AggregateException or InvalidOperationException or OperationCanceledException)
        {
            // A failure of the exporter itself.
        }
    }

    /// <summary>
    /// Blocks an observer until the test ends, even if it fails, because a silo with blocked threads never stops, and the process would not end.
    /// </summary>
    private sealed class Hang : IDisposable
    {
        private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
        private readonly ManualResetEventSlim _met = new();
        private readonly ManualResetEventSlim _over = new();

        public void WaitUntilMet() => _met.Wait(_cancel);

        public void Meet(bool waits)
        {
            _met.Set();
            if (waits)
            {
                _over.Wait(_cancel);
            }
        }

        public void Release() => _over.Set();

        /// <summary>The garbage collector disposes of the events, because threads may be about to wait.</summary>
        public void Dispose() => Release();
    }
}
