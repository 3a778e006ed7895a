using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Sqlite.Schema;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public async Task OpenToReadAsync(CancellationToken cancel)
    {
        if (!File.Exists(options.Path))
        {
            throw new StoreException("open the database", $"{options.Path} is not there.", transient: false);
        }

        readers ??= ReadersOf(options.ReaderCount);
        grainReaders ??= ReadersOf(GrainReaderCount);
        var known = migrations.Max(m => m.Version);
        var stored = await Readers.RunAsync(
            "open the database", s => s["HasSchemaVersion"].One(row => row.Long(0)) == 0 ? 0 : SchemaWriter.Version(s), cancel).ConfigureAwait(false);
        if (stored != known)
        {
            throw new StoreException(
                "open the database",
                $"the file has schema {stored}, and this program reads {known}. Start a silo of this version on it first.",
                transient: false);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditCheckpoint>> CheckpointsAsync(CancellationToken cancel) => GrainReaders.RunAsync<IReadOnlyList<AuditCheckpoint>>(
        "read the audit's checkpoints", s => s["ListCheckpoints"].All(Rows.Checkpoint), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> UnsealedAsync(DateTimeOffset before, int limit, CancellationToken cancel) =>
        GrainReaders.RunAsync<IReadOnlyList<AuditEntry>>(
            "read the unsealed audit", s => s["ListUnsealedAudit"].Time("before", before).Int("row_max", limit).All(Rows.AuditEntry), cancel);

    /// <inheritdoc/>
    public Task<AuditTally> TallyAsync(CancellationToken cancel) => Readers.RunAsync(
        "count the audit",
        s => s["TallyAudit"].One(Rows.Tally)!,
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> SealedAsync(long afterSequence, int limit, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<AuditEntry>>(
            "read the sealed audit", s => s["ListSealedAudit"].Int("after_sequence", afterSequence).Int("row_max", limit).All(Rows.AuditEntry), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> EntriesAsync(long afterNumber, int limit, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<AuditEntry>>(
            "read the audit", s => s["ListAuditEntries"].Int("after_number", afterNumber).Int("row_max", limit).All(Rows.AuditEntry), cancel);

    /// <inheritdoc/>
    public Task<bool> SealAsync(AuditCheckpoint? expected, AuditCheckpoint head, IReadOnlyList<AuditSeal> seals, CancellationToken cancel) =>
        Writer.RunAsync("seal the audit", session => session.InTransaction(s =>
        {
            if (!Move(s, expected, head))
            {
                return false;
            }

            foreach (var seal in seals)
            {
                if (s["SealAudit"].Int("sequence", seal.Sequence).Blob("hash", seal.Hash).Int("number", seal.Number).Run() != 1)
                {
                    throw new StoreException("seal the audit", $"row {seal.Number} is not there, or has a place already.", transient: true);
                }
            }

            return true;
        }));

    /// <inheritdoc/>
    public Task<bool> DeleteSealedAsync(AuditCheckpoint? expected, AuditCheckpoint start, CancellationToken cancel) =>
        Writer.RunAsync("delete old rows of the audit", session => session.InTransaction(s =>
            Move(s, expected, start) && s["DeleteSealedAudit"].Int("sequence", start.Sequence).Run() >= 0));

    private static bool Move(Session session, AuditCheckpoint? expected, AuditCheckpoint next) => (expected is null
            ? session["CreateCheckpoint"]
            : session["ReplaceCheckpoint"].Int("expected_sequence", expected.Sequence).Blob("expected_signature", expected.Signature))
        .Text("name", next.Name).Int("sequence", next.Sequence).Blob("hash", next.Hash).Time("at", next.At).Blob("signature", next.Signature).Run() == 1;
}
