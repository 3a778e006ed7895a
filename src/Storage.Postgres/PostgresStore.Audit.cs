using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Schema;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task OpenToReadAsync(CancellationToken cancel)
    {
        const string operation = "open the database";
        var known = migrations.Max(m => m.Version);
        var stored = 0;
        try
        {
            var connection = await reads.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                stored = await Migration.CurrentAsync(connection, cancel).ConfigureAwait(false);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // There is no schema.
        }
        catch (Exception e) when (PostgresFailure.IsEngine(e))
        {
            throw Failure(operation, e);
        }

        if (stored != known)
        {
            throw new StoreException(
                operation, $"{Where()} has schema {stored}, and this program reads {known}. Start a silo of this version on it first.", transient: false);
        }

        open = true;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditCheckpoint>> CheckpointsAsync(CancellationToken cancel) =>
        await AllAsync("read the audit's checkpoints", "audit-checkpoints", Rows.Checkpoint, cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> UnsealedAsync(DateTimeOffset before, int limit, CancellationToken cancel) =>
        await AllAsync("read the unsealed audit", "audit-unsealed", Rows.AuditEntry, cancel, UnixMicroseconds.From(before), limit).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<AuditTally> TallyAsync(CancellationToken cancel) => (await OneAsync(
        "count the audit",
        "audit-tally",
        row => new AuditTally(row.Long(0), row.Long(1), row.TimeOrNull(2), row.Long(3), row.Long(4)),
        cancel).ConfigureAwait(false))!;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> SealedAsync(long afterSequence, int limit, CancellationToken cancel) =>
        await AllAsync("read the sealed audit", "audit-sealed", Rows.AuditEntry, cancel, afterSequence, limit).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> EntriesAsync(long afterNumber, int limit, CancellationToken cancel) => SearchAsync<IReadOnlyList<AuditEntry>>(
        "read the audit",
        async connection => await AllAsync(connection, SqlText.Query("audit-entries"), Rows.AuditEntry, cancel, afterNumber, limit).ConfigureAwait(false),
        cancel);

    /// <inheritdoc/>
    public Task<bool> SealAsync(AuditCheckpoint? expected, AuditCheckpoint head, IReadOnlyList<AuditSeal> seals, CancellationToken cancel) => AuditedAsync(
        "seal the audit",
        null,
        async connection => await MoveAsync(connection, expected, head, cancel).ConfigureAwait(false)
            && (await AllAsync(
                connection,
                SqlText.Query("audit-seal"),
                _ => true,
                cancel,
                seals.Select(s => s.Number).ToArray(),
                seals.Select(s => s.Sequence).ToArray(),
                seals.Select(s => s.Hash).ToArray()).ConfigureAwait(false)).Count == seals.Count,
        cancel);

    /// <inheritdoc/>
    public Task<bool> DeleteSealedAsync(AuditCheckpoint? expected, AuditCheckpoint start, CancellationToken cancel) => AuditedAsync(
        "delete old rows of the audit",
        null,
        async connection =>
        {
            if (!await MoveAsync(connection, expected, start, cancel).ConfigureAwait(false))
            {
                return false;
            }

            await AllAsync(connection, SqlText.Query("audit-delete"), _ => true, cancel, start.Sequence).ConfigureAwait(false);
            return true;
        },
        cancel);

    private static async Task<bool> MoveAsync(NpgsqlConnection connection, AuditCheckpoint? expected, AuditCheckpoint next, CancellationToken cancel)
    {
        object?[] values = [next.Name, next.Sequence, next.Hash, UnixMicroseconds.From(next.At), next.Signature];
        var moved = expected is null
            ? await AllAsync(connection, SqlText.Query("audit-checkpoint-create"), _ => true, cancel, values).ConfigureAwait(false)
            : await AllAsync(
                connection, SqlText.Query("audit-checkpoint-replace"), _ => true, cancel, [.. values, expected.Sequence, expected.Signature]).ConfigureAwait(false);
        return moved.Count == 1;
    }
}
