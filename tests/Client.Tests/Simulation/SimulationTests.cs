using System.Globalization;
using Xunit;

namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>
/// Thousands of runs of the SDK against a network and a tracker in simulated time. <c>CLIENT_SEED=42</c> repeats one run with its trace,
/// <c>CLIENT_SEEDS=100000</c> tries more.
/// </summary>
public sealed class SimulationTests
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("CLIENT_SEEDS") ?? "2000", CultureInfo.InvariantCulture);
    private static readonly int? Repeated = Environment.GetEnvironmentVariable("CLIENT_SEED") is { } seed
        ? int.Parse(seed, CultureInfo.InvariantCulture)
        : null;

    [Fact]
    public void No_network_fault_breaks_a_promise()
    {
        var first = Repeated ?? 1;
        var broken = OnAThread(() =>
        {
            for (var seed = first; seed < first + (Repeated is null ? Count : 1); seed++)
            {
                if (Broken(seed, trace: Repeated is not null) is { } promise)
                {
                    return promise;
                }
            }

            return null;
        });
        Assert.True(broken is null, broken);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() =>
        Assert.All(Enumerable.Range(1, 5), seed => Assert.Equal(OnAThread(() => Trace(seed)), OnAThread(() => Trace(seed))));

    private static string? Broken(int seed, bool trace)
    {
        var run = new SimulatedRun(seed, trace);
        try
        {
            run.Run();
            return trace ? $"seed {seed} holds:\n{run.Traced}" : null;
        }
        catch (Exception e)
        {
            return $"seed {seed}: {e.Message}\n{(e is BrokenPromiseException ? "" : e)}\n{run.Traced}";
        }
    }

    /// <summary>The trace without event ids, which are random.</summary>
    private static string Trace(int seed)
    {
        var run = new SimulatedRun(seed, trace: true);
        run.Run();
        return System.Text.RegularExpressions.Regex.Replace(run.Traced, "[0-9a-f]{8}-[0-9a-f-]{27}", "id");
    }

    /// <summary>Runs on a thread without a synchronization context, so that continuations run in place.</summary>
    private static string? OnAThread(Func<string?> work)
    {
        string? result = null;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    failure = e;
                }
            },
            maxStackSize: 16 << 20);
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException(failure.Message, failure);
    }
}
