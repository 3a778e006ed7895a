using Orleans.Runtime;

namespace ExecutionGrains.Simulation;

/// <summary>How the simulation imitates Orleans's scheduling.</summary>
public sealed class ActorHostTests
{
    private readonly SimulatedTime _time = new(new Random(1));
    private int _activationCount;

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 20)]
    public void Calls_of_one_actor_interleave_only_if_allowed(bool interleaves, int secondStartsAfter) => _time.Run(async () =>
    {
        using var host = Host(interleaves);
        var first = host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromSeconds(20)));

        var (_, started) = await host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromSeconds(1)));

        Assert.Equal(TimeSpan.FromSeconds(secondStartsAfter), started);
        Assert.Equal((1, TimeSpan.Zero), await first);
    });

    [Fact]
    public void A_waiting_call_gets_a_new_activation_after_the_actor_was_deactivated() => _time.Run(async () =>
    {
        using var host = Host(interleaves: false, isForgotten: true);
        var first = host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromSeconds(1)));
        var second = host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromSeconds(1)));

        Assert.Equal((1, TimeSpan.Zero), await first);
        Assert.Equal((2, TimeSpan.FromSeconds(1)), await second);
    });

    [Fact]
    public void A_call_without_an_answer_times_out_after_30_s_and_no_longer_keeps_its_activation() => _time.Run(async () =>
    {
        using var host = Host(interleaves: true);

        Assert.IsType<TimeoutException>(await Failure(host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromHours(1)))));

        Assert.Equal(TimeSpan.FromSeconds(30), _time.Elapsed);
        host.Forget("x");
        Assert.Equal((2, _time.Elapsed), await host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.Zero)));
    });

    [Fact]
    public void An_actor_in_a_call_is_not_deactivated() => _time.Run(async () =>
    {
        using var host = Host(interleaves: true);
        var call = host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromSeconds(2)));
        await _time.Delay(TimeSpan.FromSeconds(1));

        host.Forget("x");

        Assert.Equal(1, (await host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.Zero))).Activation);
        await call;
    });

    [Fact]
    public void A_killed_silo_answers_no_call() => _time.Run(async () =>
    {
        var host = Host(interleaves: true);
        var call = Failure(host.CallAsync("x", probe => probe.WorkAsync(TimeSpan.FromSeconds(2))));
        await _time.Delay(TimeSpan.FromSeconds(1));

        host.Dispose();

        Assert.IsType<SiloUnavailableException>(await call);
        Assert.Equal(TimeSpan.FromSeconds(1), _time.Elapsed);
    });

    private ActorHost<Probe> Host(bool interleaves, bool isForgotten = false) =>
        new(_time, new SiloClock(_time), _ => new Probe(_time, ++_activationCount), () => isForgotten, interleaves);

    /// <summary>Replaces Assert.ThrowsAsync, which would leave the simulation's thread.</summary>
    private static async Task<Exception?> Failure(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private sealed class Probe(SimulatedTime time, int activation)
    {
        public async Task<(int Activation, TimeSpan Started)> WorkAsync(TimeSpan @for)
        {
            var started = time.Elapsed;
            await time.Delay(@for);
            return (activation, started);
        }
    }
}
