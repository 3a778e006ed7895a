using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ExecutionGrains.Storage.Pages;

/// <summary>The end position of a page. Opaque to clients; contains a hash of the query, so that it is valid for that query only.</summary>
internal static class Cursor
{
    private const char Separator = '\n';

    /// <summary>
    /// Largest sequence number in a cursor. Anybody can forge a cursor, and the queries add to the number; PostgreSQL fails if that overflows.
    /// </summary>
    private const long SequenceMax = 1L << 62;

    public static string Write(string query, params ReadOnlySpan<string> position) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Tie(query) + Separator + string.Join(Separator, position)));

    /// <summary>The parts of the position. Null: no cursor was given.</summary>
    /// <exception cref="ArgumentException">The cursor is malformed or belongs to another query.</exception>
    public static string[]? Read(string query, string? cursor, int parts)
    {
        if (cursor is null)
        {
            return null;
        }

        var read = Decode(cursor).Split(Separator);
        return read.Length == parts + 1 && read[0] == Tie(query) ? read[1..] : throw Foreign();
    }

    public static long Number(string part) => long.TryParse(part, out var number) ? number : throw Foreign();

    /// <summary>The sequence number in the cursor. Null: no cursor was given.</summary>
    public static long? Sequence(string query, string? cursor) => Read(query, cursor, 1) is [var part] ? SequenceOf(part) : null;

    /// <summary>The sequence number in the cursor. <paramref name="start"/> if no cursor was given.</summary>
    public static long Sequence(string query, string? cursor, long start) =>
        Read(query, cursor, 1) is [var part] ? SequenceOf(part) : start;

    private static long SequenceOf(string part) => Number(part) is >= 0 and <= SequenceMax and var sequence ? sequence : throw Foreign();

    private static string Decode(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (FormatException)
        {
            throw Foreign();
        }
    }

    private static string Tie(string query) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query)).AsSpan(0, 8));

    private static ArgumentException Foreign() => new("The cursor does not belong to this list with these filters.", "cursor");
}
