using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Storage.Sqlite.Statements;
using SQLitePCL;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>The .sql files as SQLite reads them.</summary>
public sealed class SqliteSqlTests : IAsyncLifetime
{
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("executiongrains-sql-").FullName, "db.sqlite");

    public async ValueTask InitializeAsync()
    {
        await using var store = new SqliteStore(new() { Path = path });
        await store.MigrateAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return default;
    }

    public static TheoryData<string> Files() => [.. SqlText.Statements.Files.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_file_parses_as_it_stands(string name)
    {
        var (_, text) = SqlText.Statements.Files.Single(file => file.Name == name);
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(path, out var database));
        using (database)
        {
            var count = 0;
            for (var rest = utf8z.FromString(text); ; count++)
            {
                var result = raw.sqlite3_prepare_v2(database, rest, out var statement, out rest);
                Assert.True(result == raw.SQLITE_OK, raw.sqlite3_errmsg(database).utf8_to_string());
                if (statement.IsInvalid)
                {
                    break;
                }

                statement.Dispose();
            }

            Assert.Equal(text.Split("-- name: ").Length - 1, count);
        }
    }

    [Fact]
    public void Every_statement_can_be_prepared_without_its_comments()
    {
        using var session = new Session(path);
        Assert.All(SqlText.Statements.All, statement => session.Filled(statement.Fill(_ => null)));
    }

    [Fact]
    public void Every_statement_is_used() => SqlFiles.AssertUsed("Storage.Sqlite", SqlText.Statements);

    [Fact]
    public Task Every_list_query_is_as_in_the_golden_file() => GoldenLists.AssertAsync("lists.sqlite.sql", async (executions, examineMax) =>
    {
        await using var store = new SqliteStore(new() { Path = path, ExamineMax = examineMax });
        await store.MigrateAsync(CancellationToken.None);
        await store.CommitAsync(executions, CancellationToken.None);
        return [.. await GoldenLists.RenderAsync(store.RenderListAsync)];
    });
}
