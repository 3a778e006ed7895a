using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <param name="operation">Name of the operation for the exception.</param>
    /// <exception cref="StoreException">The database refused the operation or is unavailable.</exception>
    private async Task<T> RunAsync<T>(string operation, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancel)
    {
        CheckOpen();
        try
        {
            var connection = await reads.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                return await work(connection).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (PostgresFailure.IsEngine(e))
        {
            throw PostgresFailure.ToStoreException(operation, e);
        }
    }

    /// <summary>Runs an interactive query that may take long. Uses at most half of the reading connections.</summary>
    /// <inheritdoc cref="RunAsync"/>
    private async Task<T> SearchAsync<T>(string operation, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancel)
    {
        await searches.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await RunAsync(operation, work, cancel).ConfigureAwait(false);
        }
        finally
        {
            searches.Release();
        }
    }

    private Task<List<T>> AllAsync<T>(
        string operation, string query, Func<Row, T> read, CancellationToken cancel, params (string Name, object? Value)[] values) =>
        RunAsync(operation, connection => connection.AllAsync(SqlText.Query(query), read, cancel, values), cancel);

    private async Task<T?> OneAsync<T>(
        string operation, string query, Func<Row, T> read, CancellationToken cancel, params (string Name, object? Value)[] values) =>
        (await AllAsync(operation, query, read, cancel, values).ConfigureAwait(false)) is [var one, ..] ? one : default;

    /// <returns>Number of rows changed.</returns>
    private Task<int> ChangeAsync(string operation, string query, CancellationToken cancel, params (string Name, object? Value)[] values) =>
        RunAsync(operation, connection => connection.RunAsync(SqlText.Query(query), cancel, values), cancel);

    /// <inheritdoc cref="AuditedAsync(string, AuditRow, Func{NpgsqlConnection, Task{bool}}, CancellationToken)"/>
    /// <param name="query">Must return a row if it changed anything.</param>
    private Task<bool> AuditedAsync(
        string operation, string query, AuditRow? audit, CancellationToken cancel, params (string Name, object? Value)[] values) => AuditedAsync(
        operation,
        audit,
        async connection => (await connection.AllAsync(SqlText.Query(query), _ => true, cancel, values).ConfigureAwait(false)).Count > 0,
        cancel);

    /// <summary>Runs a change and writes its audit row in one transaction.</summary>
    /// <param name="change">Returns false to roll back everything, including the audit row.</param>
    private Task<bool> AuditedAsync(string operation, AuditRow? audit, Func<NpgsqlConnection, Task<bool>> change, CancellationToken cancel) => RunAsync(
        operation,
        async connection =>
        {
            var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (!await change(connection).ConfigureAwait(false))
                {
                    return false;
                }

                if (audit is not null)
                {
                    await connection.RunAsync(SqlText.Query("InsertAudit"), cancel, Values(audit)).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return true;
            }
        },
        cancel);

    private static (string Name, object? Value)[] Values(AuditRow row) =>
    [
        ("at", UnixMicroseconds.From(row.At)), ("by", row.By), ("action", row.Action), ("execution_id", row.ExecutionId), ("namespace", row.Namespace),
        ("reason", row.Reason), ("key_id", row.KeyId), ("key_name", row.KeyName), ("claims", row.Claims), ("address", row.Address), ("trace_id", row.TraceId),
    ];
}
