using System.Text;

namespace ExecutionGrains.Storage.Statements;

/// <summary>
/// One named statement of a .sql file (<see cref="SqlFile"/>). Its text may have holes, which are filled in when it is used: the day of a partition, the
/// filters of a list.
/// </summary>
/// <param name="kind">What it gives: <c>one</c> row or none, <c>many</c> rows, <c>execrows</c> (the count of changed rows) or <c>exec</c> (nothing).</param>
/// <param name="parts">Its text in order.</param>
internal sealed class SqlStatement(string name, string kind, IReadOnlyList<SqlStatement.Part> parts)
{
    private readonly string[] holes = [.. Names(parts).Distinct(StringComparer.Ordinal)];

    public string Name { get; } = name;

    public string Kind { get; } = kind;

    /// <summary>The names of its holes.</summary>
    public IReadOnlyList<string> Holes => holes;

    /// <summary>The text of a statement without holes.</summary>
    /// <exception cref="InvalidOperationException">It has holes.</exception>
    public string Text => field ??= holes.Length == 0
        ? Fill(_ => null)
        : throw new InvalidOperationException($"The statement {Name} has holes to fill in.");

    /// <summary>The text with its holes filled in.</summary>
    /// <param name="value">What goes into a hole. Null keeps what the file has in it; an empty text leaves it out.</param>
    public string Fill(Func<string, string?> value)
    {
        var text = new StringBuilder(1024);
        Render(parts, value, text);
        return text.ToString();
    }

    /// <summary>For the hole that a caller of <see cref="Fill"/> does not know.</summary>
    public static InvalidOperationException Unknown(string hole) => new($"Nothing is known that could fill in the hole {hole}.");

    private static IEnumerable<string> Names(IEnumerable<Part> parts) =>
        parts.Where(part => part.Hole is not null).SelectMany(part => Names(part.Default).Prepend(part.Hole!));

    private static void Render(IReadOnlyList<Part> parts, Func<string, string?> value, StringBuilder to)
    {
        foreach (var part in parts)
        {
            if (part.Hole is null)
            {
                to.Append(part.Text);
            }
            else if (value(part.Hole) is { } text)
            {
                to.Append(text);
            }
            else
            {
                Render(part.Default, value, to);
            }
        }
    }

    /// <summary>A piece of text, or a hole with what the file has in it.</summary>
    internal sealed record Part(string Text, string? Hole, IReadOnlyList<Part> Default)
    {
        public static Part Of(string text) => new(text, null, []);

        public static Part Of(string hole, IReadOnlyList<Part> content) => new(string.Empty, hole, content);
    }
}
