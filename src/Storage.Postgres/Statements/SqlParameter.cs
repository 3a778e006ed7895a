using NpgsqlTypes;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>A parameter of a statement.</summary>
/// <param name="Name">Null for a question mark, which stands for a value of a condition.</param>
/// <param name="ElementType">Of an array, as the text casts it: <c>@id::text[]</c>. Null: it is no array.</param>
internal readonly record struct SqlParameter(string? Name, NpgsqlDbType? ElementType)
{
    /// <param name="text">What follows a parameter.</param>
    public static NpgsqlDbType? ElementOf(ReadOnlySpan<char> text) => text switch
    {
        _ when text.StartsWith("::text[]") => NpgsqlDbType.Text,
        _ when text.StartsWith("::int[]") => NpgsqlDbType.Integer,
        _ when text.StartsWith("::bigint[]") => NpgsqlDbType.Bigint,
        _ when text.StartsWith("::bytea[]") => NpgsqlDbType.Bytea,
        _ when text.StartsWith("::boolean[]") => NpgsqlDbType.Boolean,
        _ => null,
    };
}
