using System.Text;
using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres.Lists;

/// <summary>Runs queries built from .sql files on one connection. Their parameters are question marks, which are numbered here.</summary>
internal sealed class ListQuery(NpgsqlConnection connection, CancellationToken cancel)
{
    public async Task<List<T>> AllAsync<T>(string sql, Func<Row, T> read, params IEnumerable<object> values)
    {
        var command = new NpgsqlCommand(Numbered(sql), connection);
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter
                {
                    Value = value switch { string text => StoredText.Of(text), string[] texts => Array.ConvertAll(texts, StoredText.Of), _ => value },
                });
            }

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

    private static string Numbered(string sql)
    {
        var (text, number) = (new StringBuilder(sql.Length + 16), 0);
        foreach (var character in sql)
        {
            _ = character == '?' ? text.Append('$').Append(++number) : text.Append(character);
        }

        return text.ToString();
    }
}
