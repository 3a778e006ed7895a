using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>Where a page ended: opaque outside, tied to what was asked by a hash.</summary>
internal static class Cursor
{
    private const char Separator = '\n';

    public static string Write(string query, params ReadOnlySpan<string> position) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Tie(query) + Separator + string.Join(Separator, position)));

    /// <summary>The position's parts; null where there is no cursor.</summary>
    /// <exception cref="ArgumentException">The cursor is not one of this query.</exception>
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

    /// <summary>The one number of a sequence's cursor; null where there is no cursor.</summary>
    public static long? Sequence(string query, string? cursor) => Read(query, cursor, 1) is [var part] ? Number(part) : null;

    /// <summary>The one number of a sequence's cursor; <paramref name="start"/> where there is no cursor.</summary>
    public static long Sequence(string query, string? cursor, long start) =>
        Read(query, cursor, 1) is [var part] ? Number(part) : start;

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

    private static ArgumentException Foreign() => new("The cursor is not one of this list with these filters.", "cursor");
}
