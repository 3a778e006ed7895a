using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Hosting.Store;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Setup;

/// <summary>
/// Prepares the tracker before the first grain is activated: migrates the store, opens its secrets, fences the open executions of a
/// restored store and ensures a usable key. Runs once, before any hosted
/// service starts. A host may call <see cref="PrepareAsync"/> earlier to get its errors first.
/// </summary>
public sealed partial class TrackerStartup(IServiceProvider services, ILogger<TrackerStartup> log) : IHostedLifecycleService
{
    private bool _isPrepared;
    private int? _epochMin;

    /// <summary>The lowest epoch that may be opened on this store: 1, or higher if the store was restored from a backup.</summary>
    /// <exception cref="InvalidOperationException">The store is not prepared; call <see cref="PrepareAsync"/> first.</exception>
    public int EpochMin => _epochMin ?? throw new InvalidOperationException("The store is not prepared; call PrepareAsync first.");

    /// <exception cref="StartException">A file's mode is unsafe, the secrets do not open, or no key is usable.</exception>
    /// <exception cref="StoreException">The store is unavailable, has a newer schema, or is in use by another silo.</exception>
    public async Task PrepareAsync(CancellationToken cancel)
    {
        if (_isPrepared)
        {
            return;
        }

        if (FilePermissions.Secure(services.GetRequiredService<ExecutionGrainsOptions>()) is { Count: > 0 } narrowed)
        {
            FilesNarrowed(string.Join(", ", narrowed));
        }

        await services.GetRequiredService<IOperationsStore>().MigrateAsync(cancel).ConfigureAwait(false);
        await services.GetRequiredService<StoreSizeSampler>().NoteAsync(cancel).ConfigureAwait(false);
        await services.GetRequiredService<SecretVault>().OpenAsync(cancel).ConfigureAwait(false);
        // The first heartbeat records an outage if there was one.
        await services.GetRequiredService<SiloLiveness>().BeatAsync(cancel).ConfigureAwait(false);
        var fence = services.GetRequiredService<RestoreFence>();
        _epochMin = await fence.EpochMinAsync(cancel).ConfigureAwait(false);
        await fence.RunAsync(services.GetRequiredService<RuleSettings>(), cancel).ConfigureAwait(false);
        StoreSetup.StartAnnouncing(services);
        await services.GetRequiredService<AdminKeySetup>().EnsureAsync(cancel).ConfigureAwait(false);
        await services.GetRequiredService<KeyRefresh>().RefreshAsync(cancel).ConfigureAwait(false);
        _isPrepared = true;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => PrepareAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
