using System.Diagnostics;

namespace ExecutionGrains.Simulation;

public sealed class SimulationTests
{
    /// <summary>
    /// Seeds that found a bug, or one that was planted; docs/simulation.md lists them. Seeds from before the simulation had its own scheduler run differently
    /// today.
    /// </summary>
    public static readonly TheoryData<int> FormerFailures = [1, 3, 14, 20, 109, 1008];

    [Fact]
    public void One_seed_gives_the_same_trace_twice()
    {
        foreach (var seed in (int[])[7, 12, 19, 23])
        {
            var (one, other) = (SimulationRun.Of(seed, keepTrace: true), SimulationRun.Of(seed, keepTrace: true));
            Assert.NotEmpty(one.Lines);
            Assert.Equal(one.Lines, other.Lines);
            Assert.Equal(one.TraceHash, other.TraceHash);
        }
    }

    [Theory]
    [MemberData(nameof(FormerFailures))]
    public void A_seed_that_failed_once_keeps_every_promise(int seed) => Kept(SimulationRun.Of(seed));

    [Fact]
    public void The_first_hundred_seeds_keep_every_promise()
    {
        var faults = new long[Enum.GetValues<FaultKind>().Length];
        for (var seed = 1_000; seed < 1_100; seed++)
        {
            var run = SimulationRun.Of(seed);
            Kept(run);
            for (var kind = 0; kind < faults.Length; kind++)
            {
                faults[kind] += run.Faults[kind];
            }
        }

        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.True(faults[(int)kind] > 0, $"{kind} was never injected."));
    }

    [Fact]
    public void The_seeds_after_them_keep_every_promise()
    {
        // Bounded by time, not by number: a slow machine runs fewer seeds.
        var watch = Stopwatch.StartNew();
        // A fixed range: new seeds are for ./soak to try, and must not fail an unrelated change.
        var first = 101;
        var seed = first;
        for (; watch.Elapsed < TimeSpan.FromSeconds(8); seed++)
        {
            Kept(SimulationRun.Of(seed));
        }

        TestContext.Current.SendDiagnosticMessage("Seeds {0} to {1}.", first, seed - 1);
        TestContext.Current.TestOutputHelper?.WriteLine($"Seeds {first} to {seed - 1}.");
    }

    [Fact]
    public void A_finished_simulation_leaves_no_thread()
    {
        SimulationRun.Of(1);
        var before = Process.GetCurrentProcess().Threads.Count;
        for (var seed = 2; seed < 42; seed++)
        {
            SimulationRun.Of(seed);
        }

        // The thread pool's own threads come and go; 40 runs had about 400 silos.
        Assert.InRange(Process.GetCurrentProcess().Threads.Count - before, int.MinValue, 30);
    }

    private static void Kept(RunResult run) => Assert.True(run.Failure is null, $"seed {run.Seed}: {run.Failure}\n./soak --seed {run.Seed} replays it.");
}
