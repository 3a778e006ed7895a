using System.Text;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>
/// A text as PostgreSQL reads it: parameters are numbered ($1) in the order in which they first appear. Npgsql takes such a text as it is; named
/// parameters it would look for at every call.
/// </summary>
/// <param name="Parameters">In the order of their numbers.</param>
internal sealed record NumberedSql(string Text, IReadOnlyList<SqlParameter> Parameters)
{
    /// <param name="sql">With parameters such as @id, and question marks.</param>
    public static NumberedSql Of(string sql)
    {
        var (text, parameters) = (new StringBuilder(sql.Length + 32), new List<SqlParameter>());
        for (var i = 0; i < sql.Length;)
        {
            var end = sql[i] switch
            {
                '\'' when sql.IndexOf('\'', i + 1) is > 0 and var quote => quote + 1,
                '@' => NameEnd(sql, i + 1),
                _ => i + 1,
            };
            if (sql[i] == '?')
            {
                parameters.Add(default);
                text.Append('$').Append(parameters.Count);
            }
            else if (sql[i] == '@')
            {
                text.Append('$').Append(Number(parameters, sql[(i + 1)..end], sql.AsSpan(end)));
            }
            else
            {
                text.Append(sql, i, end - i);
            }

            i = end;
        }

        return new(text.ToString(), parameters);
    }

    private static int NameEnd(string sql, int at)
    {
        while (at < sql.Length && sql[at] is (>= 'a' and <= 'z') or '_')
        {
            at++;
        }

        return at;
    }

    private static int Number(List<SqlParameter> parameters, string name, ReadOnlySpan<char> behind)
    {
        var at = parameters.FindIndex(parameter => parameter.Name == name);
        if (at < 0)
        {
            at = parameters.Count;
            // Interned, so that a comparison with the name in the code is one of references.
            parameters.Add(new(string.Intern(name), SqlParameter.ElementOf(behind)));
        }

        return at + 1;
    }
}
