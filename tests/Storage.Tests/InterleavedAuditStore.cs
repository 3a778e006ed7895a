using ExecutionGrains.Storage.Auditing;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Runs an action once, after the first read of the checkpoints, as another silo's sealer may.</summary>
internal sealed class InterleavedAuditStore(IAuditStore store, Func<Task> afterCheckpoints) : IAuditStore
{
    private Func<Task>? _afterCheckpoints = afterCheckpoints;

    public Task OpenToReadAsync(CancellationToken cancel) => store.OpenToReadAsync(cancel);

    public async Task<IReadOnlyList<AuditCheckpoint>> CheckpointsAsync(CancellationToken cancel)
    {
        var read = await store.CheckpointsAsync(cancel);
        if (Interlocked.Exchange(ref _afterCheckpoints, null) is { } action)
        {
            await action();
        }

        return read;
    }

    public Task<IReadOnlyList<AuditEntry>> UnsealedAsync(DateTimeOffset before, int limit, CancellationToken cancel) =>
        store.UnsealedAsync(before, limit, cancel);

    public Task<AuditTally> TallyAsync(CancellationToken cancel) => store.TallyAsync(cancel);

    public Task<IReadOnlyList<AuditEntry>> SealedAsync(long afterSequence, int limit, CancellationToken cancel) =>
        store.SealedAsync(afterSequence, limit, cancel);

    public Task<IReadOnlyList<AuditEntry>> EntriesAsync(long afterNumber, int limit, CancellationToken cancel) =>
        store.EntriesAsync(afterNumber, limit, cancel);

    public Task<bool> SealAsync(AuditCheckpoint? expected, AuditCheckpoint head, IReadOnlyList<AuditSeal> seals, CancellationToken cancel) =>
        store.SealAsync(expected, head, seals, cancel);

    public Task<bool> DeleteSealedAsync(AuditCheckpoint? expected, AuditCheckpoint start, CancellationToken cancel) =>
        store.DeleteSealedAsync(expected, start, cancel);
}
