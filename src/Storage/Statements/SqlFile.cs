using System.Text;

namespace ExecutionGrains.Storage.Statements;

/// <summary>
/// Reads a .sql file, once at the start. The files parse in psql and sqlite3 as they stand; what they say beyond SQL is said by comments:
/// <code>
/// -- name: LoadExecution :one             begins a statement; see SqlStatement.Kind
/// where id = @id                          a parameter, by name
/// from history/* day */                   a hole, which is empty in the file
/// where /* driver { */ id = 'a' /* } */   a hole with the text that the file has in it
/// </code>
/// All other comments are dropped.
/// </summary>
internal static class SqlFile
{
    private const string Header = "-- name: ";
    private static readonly string[] Kinds = ["one", "many", "exec", "execrows"];

    /// <param name="file">For the exception.</param>
    /// <exception cref="InvalidDataException">The file says something that is none of the above.</exception>
    public static IEnumerable<SqlStatement> Read(string file, string text)
    {
        var lines = text.Split('\n');
        var heads = Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith(Header, StringComparison.Ordinal)).ToArray();
        foreach (var (head, next) in heads.Zip([.. heads.Skip(1), lines.Length]))
        {
            if (lines[head][Header.Length..].Split(" :") is not [var name, var kind] || !name.All(char.IsAsciiLetter) || !Kinds.Contains(kind))
            {
                throw new InvalidDataException($"{file}: «{lines[head]}» is not «{Header}Name :kind» with a kind of {string.Join(", ", Kinds)}.");
            }

            yield return new(name, kind, new Body($"{file}, {name}", string.Join('\n', lines[(head + 1)..next])).Read());
        }
    }

    /// <summary>The text of one statement, read from its beginning to its end.</summary>
    private sealed class Body(string place, string text)
    {
        private readonly StringBuilder literal = new();
        private int at;

        public IReadOnlyList<SqlStatement.Part> Read()
        {
            var parts = Parts(isHole: false);
            return at == text.Length ? parts : throw Unpaired();
        }

        private List<SqlStatement.Part> Parts(bool isHole)
        {
            var parts = new List<SqlStatement.Part>();
            var isQuoted = false;
            while (at < text.Length)
            {
                if (Comment() is { } comment)
                {
                    if (comment == "}")
                    {
                        Take(parts, isEnd: true);
                        return isHole ? parts : throw Unpaired();
                    }

                    if (Hole(comment) is { } hole)
                    {
                        Take(parts, isEnd: false);
                        parts.Add(SqlStatement.Part.Of(hole, comment.EndsWith('{') ? Parts(isHole: true) : []));
                    }
                }
                else if (!isQuoted && text.AsSpan(at).StartsWith("--"))
                {
                    var end = text.IndexOf('\n', at);
                    at = end < 0 ? text.Length : end;
                }
                else
                {
                    isQuoted ^= text[at] == '\'';
                    literal.Append(text[at++]);
                }
            }

            Take(parts, isEnd: true);
            return isHole ? throw Unpaired() : parts;
        }

        /// <summary>Reads a comment between /* and */, in quotes too. Null where none begins.</summary>
        private string? Comment()
        {
            if (!text.AsSpan(at).StartsWith("/*"))
            {
                return null;
            }

            var end = text.IndexOf("*/", at, StringComparison.Ordinal);
            var comment = end < 0 ? throw Unpaired() : text[(at + 2)..end].Trim();
            at = end + 2;
            return comment;
        }

        /// <summary>The hole that a comment names; null: it is only a comment.</summary>
        private static string? Hole(string comment)
        {
            var name = comment.TrimEnd('{').TrimEnd();
            return name.Length > 0 && name.All(c => c is (>= 'a' and <= 'z') or '_') ? name : null;
        }

        /// <summary>Adds the text read so far, without the lines that only had comments.</summary>
        private void Take(List<SqlStatement.Part> parts, bool isEnd)
        {
            var lines = literal.ToString().Split('\n');
            literal.Clear();
            var kept = lines.Where((line, i) => i == 0 || i == lines.Length - 1 || !string.IsNullOrWhiteSpace(line));
            var taken = string.Join('\n', kept);
            taken = parts.Count == 0 ? taken.TrimStart('\n') : taken;
            taken = isEnd && at >= text.Length ? taken.TrimEnd().TrimEnd(';') : taken;
            if (taken.Length > 0)
            {
                parts.Add(SqlStatement.Part.Of(taken));
            }
        }

        private InvalidDataException Unpaired() => new($"{place}: a comment or a hole has no end or no beginning.");
    }
}
