using ExecutionGrains.Storage.Statements;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>How .sql files are read, and which ones there are.</summary>
public sealed class SqlFileTests
{
    [Fact]
    public void A_statement_has_its_name_its_kind_and_its_text_without_comments()
    {
        var statement = Assert.Single(Read("""
            -- What the file is about.

            -- name: LoadOne :one
            -- What the statement does.
            select a -- the value
            from t /* the table */
            -- between
            where b = '-- kept' and c = @c;
            """));
        Assert.Equal(("LoadOne", "one"), (statement.Name, statement.Kind));
        Assert.Equal("select a \nfrom t \nwhere b = '-- kept' and c = @c", statement.Text);
    }

    [Fact]
    public void A_hole_is_filled_in_left_out_or_kept_as_it_is_in_the_file()
    {
        var statement = Assert.Single(Read("""
            -- name: List :many
            select * from t/* day */ where /* asked { */ a/* day */ = 1 /* } */ and '/* day */' = b
            """));
        Assert.Equal(["day", "asked"], statement.Holes);
        Assert.Equal("select * from t where  a = 1  and '' = b", statement.Fill(_ => null));
        Assert.Equal("select * from t_1 where  a_1 = 1  and '_1' = b", statement.Fill(hole => hole == "day" ? "_1" : null));
        Assert.Equal("select * from t where c and '' = b", statement.Fill(hole => hole == "asked" ? "c" : ""));
        Assert.Throws<InvalidOperationException>(() => statement.Text);
    }

    [Theory]
    [InlineData("-- name: Two words :one\nselect 1", "Two words")]
    [InlineData("-- name: One :none\nselect 1", "One :none")]
    [InlineData("-- name: One :one\nselect /* hole { */ 1", "One")]
    [InlineData("-- name: One :one\nselect 1 /* } */", "One")]
    [InlineData("-- name: One :one\nselect 1 /* open", "One")]
    public void A_file_that_is_not_written_so_is_refused_with_its_name(string text, string named)
    {
        var e = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.Contains("some.sql", e.Message);
        Assert.Contains(named, e.Message);
    }

    [Fact]
    public void Both_stores_have_the_same_files_except_for_what_only_one_of_them_does()
    {
        var (postgres, sqlite) = (Names(Postgres.Statements.SqlText.Statements), Names(Sqlite.Statements.SqlText.Statements));
        Assert.Equal(["changes"], postgres.Except(sqlite));
        Assert.Equal(["grains", "ids"], sqlite.Except(postgres));
    }

    private static List<SqlStatement> Read(string text) => [.. SqlFile.Read("some.sql", text)];

    private static IEnumerable<string> Names(SqlStatements statements) =>
        statements.Files.Select(file => Path.GetFileNameWithoutExtension(file.Name.Split(", ")[1])).Distinct().Order(StringComparer.Ordinal);
}
