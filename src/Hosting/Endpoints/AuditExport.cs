using System.Buffers;
using System.Text.Json;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>Writes rows of the audit as NDJSON, oldest first, a few hundred in memory at a time.</summary>
public static class AuditExport
{
    public const string ContentType = "application/x-ndjson";

    private const int BatchMax = 500;

    /// <param name="flush">Called after each batch, with the lines written to <paramref name="output"/> since.</param>
    /// <returns>The number of rows written.</returns>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    public static async Task<long> WriteAsync(
        IAuditStore store, AuditFilter filter, IBufferWriter<byte> output, Func<Task> flush, CancellationToken cancel)
    {
        var (after, count) = (0L, 0L);
        while (true)
        {
            var rows = await store.EntriesAsync(after, BatchMax, cancel).ConfigureAwait(false);
            foreach (var row in rows.Where(row => filter.Matches(row.Row)))
            {
                output.Write(JsonSerializer.SerializeToUtf8Bytes(View(row), ApiJson.Default.AuditRecordView));
                output.Write("\n"u8);
                count++;
            }

            await flush().ConfigureAwait(false);
            if (rows.Count < BatchMax)
            {
                return count;
            }

            after = rows[^1].Number;
        }
    }

    private static AuditRecordView View(AuditEntry entry)
    {
        var (row, hash) = (entry.Row, entry.Hash is null ? null : Convert.ToHexStringLower(entry.Hash));
        return new(
            entry.Sequence, hash, entry.Number, row.At, row.By, row.Action, row.ExecutionId, row.Namespace, row.Reason, row.KeyId, row.KeyName, row.Claims,
            row.Address, row.TraceId);
    }
}
