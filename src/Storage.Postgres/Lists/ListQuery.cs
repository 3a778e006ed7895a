using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Lists;

/// <summary>Runs the statements of lists.sql, filled in, on one connection.</summary>
internal sealed class ListQuery(NpgsqlConnection connection, CancellationToken cancel)
{
    /// <param name="marks">The values of the conditions, in the order of their question marks.</param>
    public Task<List<T>> AllAsync<T>(string sql, Func<Row, T> read, IEnumerable<object> marks, params (string Name, object? Value)[] values) =>
        connection.AllAsync(NumberedSql.Of(sql), read, cancel, marks, values);
}
