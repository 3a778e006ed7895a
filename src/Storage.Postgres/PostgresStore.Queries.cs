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

    private Task<List<T>> AllAsync<T>(string operation, string query, Func<Row, T> read, CancellationToken cancel, params object?[] values) =>
        RunAsync(operation, connection => AllAsync(connection, SqlText.Query(query), read, cancel, values), cancel);

    private async Task<T?> OneAsync<T>(string operation, string query, Func<Row, T> read, CancellationToken cancel, params object?[] values) =>
        (await AllAsync(operation, query, read, cancel, values).ConfigureAwait(false)) is [var one, ..] ? one : default;

    /// <returns>Number of rows changed.</returns>
    private Task<int> ChangeAsync(string operation, string query, CancellationToken cancel, params object?[] values) => RunAsync(
        operation,
        async connection =>
        {
            var command = Command(connection, SqlText.Query(query), values);
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            }
        },
        cancel);

    /// <inheritdoc cref="AuditedAsync(string, AuditRow, Func{NpgsqlConnection, Task{bool}}, CancellationToken)"/>
    /// <param name="query">Must return a row if it changed anything.</param>
    private Task<bool> AuditedAsync(string operation, string query, AuditRow? audit, CancellationToken cancel, params object?[] values) => AuditedAsync(
        operation,
        audit,
        async connection => (await AllAsync(connection, SqlText.Query(query), _ => true, cancel, values).ConfigureAwait(false)).Count > 0,
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
                    await AllAsync(connection, SqlText.Query("audit-add"), _ => true, cancel, Values(audit)).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return true;
            }
        },
        cancel);

    /// <summary>The values in the order of the table's columns.</summary>
    private static object?[] Values(AuditRow row) =>
    [
        UnixMicroseconds.From(row.At), row.By, row.Action, row.ExecutionId, row.Namespace, row.Reason, row.KeyId, row.KeyName, row.Claims, row.Address, row.TraceId,
    ];

    private static async Task<List<T>> AllAsync<T>(
        NpgsqlConnection connection, string sql, Func<Row, T> read, CancellationToken cancel, params object?[] values)
    {
        var command = Command(connection, sql, values);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                {
                    rows.Add(read(new Row(reader)));
                }

                return rows;
            }
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter
            {
                Value = value switch
                {
                    null => DBNull.Value,
                    string text => StoredText.Of(text),
                    string[] texts => Array.ConvertAll(texts, StoredText.Of),
                    _ => value,
                },
            });
        }

        return command;
    }
}
