using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;
using Orleans;
using Orleans.Runtime;

namespace ExecutionGrains.Grains;

/// <summary>Adapts <see cref="JanitorSweep"/> to Orleans: a reminder starts each sweep, and grain state stores its record.</summary>
[GrainType("janitor")]
public sealed class JanitorGrain : Grain, IJanitorGrain, IRemindable, IDisposable
{
    /// <summary>Name of the grain storage provider that keeps the record. A host registers it under this name.</summary>
    public const string StorageName = "executiongrains";

    private const string Reminder = "sweep";

    private readonly GrainServices _services;
    private readonly JanitorSettings _settings;
    private readonly SweepLog _sweeps;
    private readonly JanitorSweep _sweep;
    private readonly JanitorRecorder _recorder;
    private readonly int _bucket;

    public JanitorGrain(
        IExecutionStore store,
        IOperationsStore operations,
        GrainServices services,
        JanitorSettings settings,
        MassLoss massLoss,
        SweepLog sweeps,
        [PersistentState("janitor", StorageName)] IPersistentState<JanitorRecord> record)
    {
        (_services, _settings, _sweeps) = (services, settings, sweeps);
        _bucket = int.Parse(this.GetPrimaryKeyString().AsSpan("janitor/".Length), provider: null);
        _sweep = new(_bucket, store, operations, services, settings, massLoss, id => GrainFactory.GetGrain<IExecutionGrain>(id.Value).Judge());
        _recorder = new(_bucket, record, services.Log);
        _services.Activations.AddJanitor(1);
    }

    public void Dispose() => _services.Activations.AddJanitor(-1);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sweeps.Show(_bucket, _recorder.Record);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Registers the reminder so that it ticks at multiples of the period. Every silo registers it at its start. If the first tick came one period after the
    /// registration, a silo that restarts often would delay the sweeps.
    /// </summary>
    public async Task Start()
    {
        var toNext = TimeSpan.FromTicks(_settings.Period.Ticks - (_services.Clock.Now.UtcTicks % _settings.Period.Ticks));
        await this.RegisterOrUpdateReminder(Reminder, toNext, _settings.Period);
    }

    /// <summary>
    /// Logs an unavailable store in one line. Otherwise Orleans would log every tick of every bucket as an error with a stack trace.
    /// </summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        try
        {
            await Sweep();
        }
        catch (Exception away) when (away is StoreException || GrainFaults.IsAway(away))
        {
            _services.Log.NotSwept(this.GetPrimaryKeyString(), away is StoreException ? away.Message : away.GetBaseException().Message);
        }
    }

    public async Task<SweepReport> Sweep()
    {
        var report = await _sweep.RunAsync();
        await _recorder.AddAsync(report);
        _sweeps.Show(_bucket, _recorder.Record);
        return report;
    }
}
