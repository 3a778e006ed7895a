using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Schema;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;
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
                stored = await SchemaWriter.VersionAsync(connection, cancel).ConfigureAwait(false);
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
        await AllAsync("read the audit's checkpoints", "ListCheckpoints", Rows.Checkpoint, cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> UnsealedAsync(DateTimeOffset before, int limit, CancellationToken cancel) =>
        await AllAsync("read the unsealed audit", "ListUnsealedAudit", Rows.AuditEntry, cancel, ("before", UnixMicroseconds.From(before)), ("row_max", limit))
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<AuditTally> TallyAsync(CancellationToken cancel) => (await OneAsync(
        "count the audit",
        "TallyAudit",
        Rows.Tally,
        cancel).ConfigureAwait(false))!;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> SealedAsync(long afterSequence, int limit, CancellationToken cancel) =>
        await AllAsync("read the sealed audit", "ListSealedAudit", Rows.AuditEntry, cancel, ("after_sequence", afterSequence), ("row_max", limit))
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> EntriesAsync(long afterNumber, int limit, CancellationToken cancel) => SearchAsync<IReadOnlyList<AuditEntry>>(
        "read the audit",
        async connection => await connection.AllAsync(
            SqlText.Query("ListAuditEntries"), Rows.AuditEntry, cancel, ("after_number", afterNumber), ("row_max", limit)).ConfigureAwait(false),
        cancel);

    /// <inheritdoc/>
    public Task<bool> SealAsync(AuditCheckpoint? expected, AuditCheckpoint head, IReadOnlyList<AuditSeal> seals, CancellationToken cancel) => AuditedAsync(
        "seal the audit",
        null,
        async connection => await MoveAsync(connection, expected, head, cancel).ConfigureAwait(false)
            && (await connection.AllAsync(
                SqlText.Query("SealAudit"),
                _ => true,
                cancel,
                ("number", seals.Select(s => s.Number).ToArray()),
                ("sequence", seals.Select(s => s.Sequence).ToArray()),
                ("hash", seals.Select(s => s.Hash).ToArray())).ConfigureAwait(false)).Count == seals.Count,
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

            await connection.RunAsync(SqlText.Query("DeleteSealedAudit"), cancel, ("sequence", start.Sequence)).ConfigureAwait(false);
            return true;
        },
        cancel);

    private static async Task<bool> MoveAsync(NpgsqlConnection connection, AuditCheckpoint? expected, AuditCheckpoint next, CancellationToken cancel)
    {
        (string, object?)[] values =
        [
            ("name", next.Name), ("sequence", next.Sequence), ("hash", next.Hash), ("at", UnixMicroseconds.From(next.At)), ("signature", next.Signature),
        ];
        var moved = expected is null
            ? await connection.RunAsync(SqlText.Query("CreateCheckpoint"), cancel, values).ConfigureAwait(false)
            : await connection.RunAsync(
                SqlText.Query("ReplaceCheckpoint"),
                cancel,
                [.. values, ("expected_sequence", expected.Sequence), ("expected_signature", expected.Signature)]).ConfigureAwait(false);
        return moved == 1;
    }
}
