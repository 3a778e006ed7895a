using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ExecutionGrains.Simulation;

/// <summary>
/// One silo: the real actors, janitors and commit queue under the simulation's scheduler, over a link to the shared store. It can be killed at any moment and
/// restarted.
/// </summary>
internal sealed class SimulatedSilo(World world, string name, int seed) : IDisposable
{
    private ServiceProvider? _services;
    private readonly Dictionary<string, long> _heard = new(StringComparer.Ordinal);
    private CommitQueue? _queue;
    private StoreLink? _link;
    private int _life;
    private int _epochMin = 1;

    public string Name => name;

    public SiloClock Clock { get; } = new(world.Time);

    private ActorHost<ExecutionActor> Executions => _services!.GetRequiredService<ActorHost<ExecutionActor>>();

    public bool IsUp => _services is not null;

    /// <summary>Whether it accepts calls, because it has written a heartbeat and knows the outages.</summary>
    public bool IsServing { get; private set; }

    /// <summary>Calls an execution on this silo.</summary>
    public Task<T> CallAsync<T>(string id, Func<ExecutionActor, Task<T>> method) => Executions.CallAsync(id, method);

    /// <summary>Deactivates an execution unless a call is using it.</summary>
    public void Forget(string id) => Executions.Forget(id);

    public void Start()
    {
        var life = ++_life;
        _link = new StoreLink(world.Store, world.Time, world.Random, world.Faults, world.Trace, name);
        var feed = world.HasAnnouncements ? new ChangeFeed() : null;
        _services = Compose(_link, feed);
        _heard.Clear();
        world.Time.Spawn(() => Beat(life));
        foreach (var bucket in world.Buckets)
        {
            world.Time.Spawn(() => Sweep(life, bucket));
        }

        if (feed is not null)
        {
            world.Time.Spawn(() => Announce(life, feed));
        }
    }

    /// <summary>Starts the silo if it is down and may be up.</summary>
    public void StartAgain()
    {
        if (!IsUp && !world.IsStopped)
        {
            Start();
        }
    }

    /// <summary>The latest version of an execution that was announced to this silo; its answers must not be older.</summary>
    public long VersionHeard(string id) => _heard.GetValueOrDefault(id);

    public void Kill()
    {
        IsServing = false;
        _link!.IsCut = true;
        Executions.Dispose();
        _services!.GetRequiredService<ActorHost<SimulatedJanitor>>().Dispose();
        Release();
    }

    /// <summary>Ends the silo's own threads for log and metrics; many seeds in a row would otherwise exhaust the machine's threads.</summary>
    public void Dispose()
    {
        if (IsUp)
        {
            Kill();
        }
    }

    /// <summary>Does not dispose the whole container, because services that wait in simulated time would wait forever.</summary>
    private void Release()
    {
        _queue!.Abandon();
        _services!.GetRequiredService<GrainMetrics>().Dispose();
        (_services, _queue) = (null, null);
    }

    private async Task Beat(int life)
    {
        var liveness = _services!.GetRequiredService<SiloLiveness>();
        while (IsAlive(life))
        {
            try
            {
                await liveness.BeatAsync(CancellationToken.None);
                await Prepare();
                IsServing |= IsAlive(life);
            }
            catch (StoreException e)
            {
                world.Trace.Write($"{name} beat: {e.Message}");
            }

            await world.Time.Delay(SiloLiveness.Period);
        }
    }

    /// <summary>Does what the host does before it listens, and repeats it if the store fails.</summary>
    private async Task Prepare()
    {
        if (IsServing || !world.HasRestores)
        {
            return;
        }

        var fencing = _services!.GetRequiredService<RestoreFence>();
        _epochMin = await fencing.EpochMinAsync(CancellationToken.None);
        world.Fence.Read(name, _epochMin);
        await fencing.RunAsync(_services!.GetRequiredService<RuleSettings>(), CancellationToken.None);
        world.Fence.Serves(name);
    }

    private async Task Announce(int life, ChangeFeed feed)
    {
        while (IsAlive(life))
        {
            await world.Time.Delay(world.Seconds(0.05, 0.8));
            if (feed.TryTake() is { } changes && IsAlive(life))
            {
                foreach (var other in world.Silos.Where(s => s != this && s.IsUp))
                {
                    var itsLife = other._life;
                    _ = world.Time.Spawn(() => other.Hear(changes, itsLife));
                }
            }
        }
    }

    /// <summary>If the connection for announcements is cut, it is reopened, and every execution counts as changed.</summary>
    private async Task Hear(Changes changes, int life)
    {
        await world.Time.Delay(world.Seconds(0.001, 0.1));
        if (world.Faults.Occurs(FaultKind.AnnouncementLost, name))
        {
            await world.Time.Delay(world.Seconds(0.1, 5));
            changes = Changes.Everything;
        }

        // Before it serves, it knows no lowest epoch and has nothing in memory.
        if (!IsAlive(life) || (world.HasRestores && !IsServing))
        {
            return;
        }

        _services!.GetRequiredService<GrainServices>().RemoteChanges.Hear(changes);
        foreach (var (id, stored) in world.Store.Executions.Where(e => changes.IsEverything || changes.Ids.Contains(e.Value.State.Id)))
        {
            _heard[id] = stored.State.Version;
        }
    }

    private async Task Sweep(int life, int bucket)
    {
        await world.Time.Delay(world.Setup.JanitorPeriod * world.Random.NextDouble());
        while (IsAlive(life))
        {
            if (IsServing)
            {
                await SweepOnce(bucket);
            }

            await world.Time.Delay(world.Setup.JanitorPeriod);
        }
    }

    private async Task SweepOnce(int bucket)
    {
        try
        {
            var report = await _services!.GetRequiredService<ActorHost<SimulatedJanitor>>().CallAsync($"{bucket}", janitor => janitor.SweepAsync());
            if (report.Found > 0)
            {
                world.Trace.Write($"{name} sweep {bucket}: {report.Found} due, {report.Acted} acted on");
            }
        }
        catch (Exception e) when (e is StoreException or TimeoutException or OrleansException)
        {
            world.Trace.Write($"{name} sweep {bucket}: {e.GetType().Name} {e.Message}");
            world.Verdict.Check(!world.IsStoreCalm, $"A sweep failed though the store was well: {e.Message}");
        }
    }

    /// <summary>Simulated silos have no membership, so each counts as gone after the time that a balancer takes to send its callers elsewhere. 30 s.</summary>
    public static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(30);

    private bool IsAlive(int life) => life == _life && IsUp;

    private ServiceProvider Compose(StoreLink link, ChangeFeed? feed)
    {
        var services = new ServiceCollection();
        services.AddKeyedSingleton<TimeProvider>(TrackerClock.Key, Clock);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<ILogger<GrainLog>>(new SiloLog(world.Verdict));
        services.AddSingleton<RestoreFence>().AddSingleton(_ => World.Rules with { EpochMin = _epochMin })
            .AddSingleton(new JanitorSettings { Period = world.Setup.JanitorPeriod });
        services.AddSingleton(new SiloMembership($"{name}.{_life}", GoneAfter, _ => false));
        services.AddSingleton<TrackerClock>().AddSingleton<SiloLiveness>().AddSingleton<GrainMetrics>().AddSingleton<GrainLog>();
        services.AddSingleton<MassLoss>().AddSingleton<GrainServices>().AddSingleton(new EventHasher(new byte[32]));
        services.AddSingleton<IExecutionStore>(link).AddSingleton<IExecutionReads>(link).AddSingleton<IOperationsStore>(link);
        _queue = new CommitQueue(link, time: Clock, scheduler: world.Time, feed: feed);
        services.AddSingleton<ICommitQueue>(_queue);
        var random = new Random(seed + _life);
        bool IsForgotten() => random.NextDouble() < world.Setup.ForgetAtRandom;
        services.AddSingleton(provider => new ActorHost<ExecutionActor>(
            world.Time, Clock, id => new(new ExecutionId(id), link, _queue, provider.GetRequiredService<GrainServices>()), IsForgotten, interleaves: true));
        services.AddSingleton(
            provider => new ActorHost<SimulatedJanitor>(
                world.Time, Clock, bucket => Janitor(int.Parse(bucket), link, provider), IsForgotten, interleaves: false));
        return services.BuildServiceProvider();
    }

    private SimulatedJanitor Janitor(int bucket, StoreLink link, IServiceProvider provider)
    {
        var executions = provider.GetRequiredService<ActorHost<ExecutionActor>>();
        var sweep = new JanitorSweep(
            bucket,
            link,
            link,
            provider.GetRequiredService<GrainServices>(),
            provider.GetRequiredService<JanitorSettings>(),
            provider.GetRequiredService<MassLoss>(),
            id => executions.CallAsync(id.Value, actor => actor.JudgeAsync()));
        return new(bucket, sweep, new SimulatedRecord(bucket, link), provider.GetRequiredService<GrainLog>(), world.Ledger.Swept);
    }
}
