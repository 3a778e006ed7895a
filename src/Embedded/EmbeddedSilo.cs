using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

/// <summary>The grains of this process. Calls are taken from construction on; reminders tick from the host's start.</summary>
public sealed class EmbeddedSilo : IDisposable
{
    /// <summary>The DI key of the clock of reminders and idle collection. The grains name it too (<c>TrackerClock.Key</c>); on Orleans there is nothing of here that they could refer to.</summary>
    public const string ClockKey = "tracker";

    private readonly Dictionary<string, GrainKind> _kinds;
    private readonly CallDeadlines[] _deadlines;
    private readonly TimeProvider _clock;
    private readonly ITimer _deadlineSweep;
    private readonly Lock _randomGate = new();
    private readonly Random _random;
    private ITimer? _collection;
    private volatile SiloStatus _status;

    internal EmbeddedSilo(IServiceProvider services, EmbeddedGrainOptions options, IEnumerable<Assembly> grainAssemblies)
    {
        Services = services;
        Options = options;
        Log = services.GetService<ILogger<EmbeddedSilo>>() ?? NullLogger<EmbeddedSilo>.Instance;
        States = services.GetRequiredService<IGrainStateStore>();
        CallClock = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _clock = services.GetKeyedService<TimeProvider>(ClockKey) ?? TimeProvider.System;
        _random = new Random(options.RandomSeed);
        Reminders = new ReminderService(this, services.GetRequiredService<IReminderTable>(), _clock);
        _kinds = Discover(grainAssemblies);
        GrainFactory = new EmbeddedGrainFactory([.. _kinds.Values]);
        _deadlines = [.. Enumerable.Range(0, options.Scheduler == TaskScheduler.Default ? Environment.ProcessorCount : 1).Select(_ => new CallDeadlines(CallClock, options.ResponseTimeout))];
        var sweep = TimeSpan.FromTicks(Math.Min(TimeSpan.TicksPerSecond, options.ResponseTimeout.Ticks / 4));
        _deadlineSweep = CallClock.CreateTimer(static silo => ((EmbeddedSilo)silo!).SweepDeadlines(), this, sweep, sweep);
    }

    /// <summary>Activations in memory by the grain's class, as Orleans counts them; classes without any are 0.</summary>
    public IReadOnlyDictionary<string, int> ActivationCounts => _kinds.Values.ToDictionary(kind => kind.Type.Name, kind => kind.ActivationCount);

    internal IGrainFactory GrainFactory { get; }

    internal IServiceProvider Services { get; }

    internal EmbeddedGrainOptions Options { get; }

    internal ILogger Log { get; }

    internal IGrainStateStore States { get; }

    internal TimeProvider CallClock { get; }

    internal ReminderService Reminders { get; }

    internal CallDeadlines Deadlines => _deadlines[(uint)Thread.GetCurrentProcessorId() % (uint)_deadlines.Length];

    internal bool IsStopped => _status == SiloStatus.Stopped;

    /// <summary>While the silo drains, grains may still call one another; nobody else may call them.</summary>
    internal bool RefusesCall => _status != SiloStatus.Running && (IsStopped || TaskScheduler.Current is not TurnScheduler);

    /// <summary>For tests: delivers a reminder's tick now, as an ordinary call.</summary>
    /// <param name="grain">A reference.</param>
    /// <param name="reminderName">A reminder that the grain has registered.</param>
    /// <exception cref="ReminderException">The grain has no reminder of that name.</exception>
    public async Task FireReminderAsync(IAddressable grain, string reminderName)
    {
        var address = GrainAddress.Of(grain);
        var id = address.Kind.IdOf(address.Key);
        var rows = await Services.GetRequiredService<IReminderTable>().ReadAsync(id, CancellationToken.None);
        var row = rows.FirstOrDefault(r => r.Name == reminderName)
            ?? throw new ReminderException($"Grain {id} has no reminder {reminderName}.");
        await Reminders.FireAsync(row);
    }

    /// <summary>For tests: forgets a grain as a crash would, without OnDeactivateAsync.</summary>
    /// <returns>false if it was not in memory or a call was in progress.</returns>
    public bool TryDrop(IAddressable grain)
    {
        var address = GrainAddress.Of(grain);
        return address.Kind.FindExisting(address.Key)?.TryDrop() ?? false;
    }

    /// <summary>Deactivates every grain in good order, each after its running calls. New calls activate them again.</summary>
    public Task DeactivateAllAsync() =>
        DeactivateAllAsync(new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "All grains were asked to go."));

    public void Dispose()
    {
        _status = SiloStatus.Stopped;
        _deadlineSweep.Dispose();
        _collection?.Dispose();
        Reminders.Stop();
        foreach (var deadlines in _deadlines)
        {
            deadlines.FailAll(new SiloUnavailableException("The silo has stopped before the call ended; what it did is uncertain."));
        }
    }

    internal static SiloUnavailableException Unavailable() =>
        new("The silo is stopping or has stopped and takes no calls. The call was not made.");

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await Reminders.StartAsync(cancellationToken);
        _collection = _clock.CreateTimer(
            static silo => ((EmbeddedSilo)silo!).CollectIdle(), this, Options.CollectionQuantum, Options.CollectionQuantum);
    }

    /// <summary>Refuses calls from outside, waits for the running ones, deactivates everything; hurries when the token says so.</summary>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        _status = SiloStatus.Draining;
        Reminders.Stop();
        _collection?.Dispose();
        try
        {
            while (All().Select(a => a.WhenIdle()).Where(idle => !idle.IsCompleted).ToArray() is { Length: > 0 } busy)
            {
                await Task.WhenAll(busy).WaitAsync(cancellationToken);
            }

            var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping.");
            while (All().Any())
            {
                await DeactivateAllAsync(reason).WaitAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.LogWarning("The silo stopped with {Activations} activations still in memory.", All().Count());
        }

        Dispose();
    }

    internal bool DropsNow()
    {
        if (Options.DeactivateAtRandom <= 0)
        {
            return false;
        }

        lock (_randomGate)
        {
            return _random.NextDouble() < Options.DeactivateAtRandom;
        }
    }

    /// <summary>A reference through which a grain receives reminders.</summary>
    internal IRemindable Reminded(string grain)
    {
        var slash = grain.IndexOf('/');
        return slash > 0 && _kinds.TryGetValue(grain[..slash], out var kind) && typeof(IRemindable).IsAssignableFrom(kind.Type)
            ? EmbeddedGrainFactory.Reminded(kind, grain[(slash + 1)..])
            : throw new ReminderException($"No grain class of this silo receives the reminders of {grain}.");
    }

    private Dictionary<string, GrainKind> Discover(IEnumerable<Assembly> assemblies)
    {
        var kinds = new Dictionary<string, GrainKind>(StringComparer.Ordinal);
        foreach (var type in assemblies.Distinct().SelectMany(a => a.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(Grain)) && t is { IsAbstract: false, IsGenericTypeDefinition: false }))
        {
            var kind = new GrainKind(this, type);
            if (!kinds.TryAdd(kind.Name, kind))
            {
                throw new ArgumentException($"{type.FullName} and {kinds[kind.Name].Type.FullName} are both called {kind.Name}.");
            }
        }

        return kinds;
    }

    private IEnumerable<Activation> All() => _kinds.Values.SelectMany(kind => kind.Activations);

    private Task DeactivateAllAsync(DeactivationReason reason)
    {
        // A list and not ToArray(), which borrows from the shared pool: every thread that ran this would keep arrays as large as the silo was.
        var gone = new List<Task>();
        foreach (var activation in All())
        {
            activation.Deactivate(reason);
            gone.Add(activation.WhenGone);
        }

        return Task.WhenAll(gone);
    }

    private void CollectIdle()
    {
        var now = _clock.GetUtcNow();
        foreach (var activation in All())
        {
            activation.CollectIfIdle(now, Options.CollectionAge);
        }
    }

    private void SweepDeadlines()
    {
        foreach (var deadlines in _deadlines)
        {
            deadlines.Sweep();
        }
    }
}
