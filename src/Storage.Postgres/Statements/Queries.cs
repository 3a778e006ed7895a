using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>Runs statements on a connection. Values are given by the names of the statement's parameters.</summary>
internal static class Queries
{
    /// <exception cref="ArgumentException">A parameter has no value, or a value no parameter.</exception>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, NumberedSql sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = new NpgsqlCommand(sql.Text, connection);
        Bind(command.Parameters, sql, [], values);
        return command;
    }

    /// <inheritdoc cref="Command"/>
    public static NpgsqlBatchCommand BatchCommand(NumberedSql sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = new NpgsqlBatchCommand(sql.Text);
        Bind(command.Parameters, sql, [], values);
        return command;
    }

    /// <summary>Reads all rows.</summary>
    public static async Task<List<T>> AllAsync<T>(
        this NpgsqlConnection connection, NumberedSql sql, Func<Row, T> read, CancellationToken cancel, params (string Name, object? Value)[] values)
    {
        var command = connection.Command(sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await AllAsync(command, read, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Reads all rows of a statement that was filled in with conditions.</summary>
    /// <param name="marks">The values of the conditions, in the order of their question marks.</param>
    public static async Task<List<T>> AllAsync<T>(
        this NpgsqlConnection connection,
        NumberedSql sql,
        Func<Row, T> read,
        CancellationToken cancel,
        IEnumerable<object> marks,
        params (string Name, object? Value)[] values)
    {
        var command = new NpgsqlCommand(sql.Text, connection);
        await using (command.ConfigureAwait(false))
        {
            Bind(command.Parameters, sql, marks, values);
            return await AllAsync(command, read, cancel).ConfigureAwait(false);
        }
    }

    /// <returns>How many rows it changed.</returns>
    public static async Task<int> RunAsync(
        this NpgsqlConnection connection, NumberedSql sql, CancellationToken cancel, params (string Name, object? Value)[] values)
    {
        var command = connection.Command(sql, values);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }
    }

    private static async Task<List<T>> AllAsync<T>(NpgsqlCommand command, Func<Row, T> read, CancellationToken cancel)
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

    private static void Bind(
        NpgsqlParameterCollection parameters, NumberedSql sql, IEnumerable<object> marks, ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var mark = marks.GetEnumerator();
        var named = 0;
        foreach (var (name, _) in sql.Parameters)
        {
            named += name is null ? 0 : 1;
            var value = name is not null ? Value(name, values) : mark.MoveNext() ? mark.Current : throw Uneven("?");
            parameters.Add(new NpgsqlParameter { Value = Stored(value) });
        }

        if (mark.MoveNext() || named != values.Length)
        {
            throw Uneven(string.Join(", ", sql.Parameters.Select(parameter => parameter.Name)));
        }
    }

    private static object? Value(string name, ReadOnlySpan<(string Name, object? Value)> values)
    {
        foreach (var (given, value) in values)
        {
            if (given == name)
            {
                return value;
            }
        }

        throw Uneven(name);
    }

    private static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        string text => StoredText.Of(text),
        string[] texts => Array.ConvertAll(texts, StoredText.Of),
        _ => value,
    };

    private static ArgumentException Uneven(string parameters) => new($"The values given are not those of the parameters: {parameters}.");
}
