using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Postgres.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Statements;
using ExecutionGrains.Testing;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>The .sql files as PostgreSQL reads them.</summary>
public sealed class PostgresSqlTests : IAsyncLifetime
{
    private const long Day = 20_000;

    /// <summary>Statements that PostgreSQL plans; only these can be prepared.</summary>
    private static readonly string[] Planned = ["select", "insert", "update", "delete", "with"];

    private static readonly CancellationToken None = CancellationToken.None;
    private string database = null!;
    private NpgsqlConnection connection = null!;

    public async ValueTask InitializeAsync()
    {
        database = await (await PostgresServer.SharedAsync()).DatabaseAsync();
        await using (var store = new PostgresStore(new() { ConnectionString = database }))
        {
            await store.MigrateAsync(None);
        }

        connection = new NpgsqlConnection(database);
        await connection.OpenAsync(None);
        await connection.RunAsync(SqlText.OfDay("CreatePartitions", Day), None);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropAsync(database);
    }

    public static TheoryData<string> Files() => [.. SqlText.Statements.Files.Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_file_parses_as_it_stands(string name)
    {
        // PL/pgSQL hands each statement of a block to the engine's parser when it compiles the block, also what is never reached.
        var (_, text) = SqlText.Statements.Files.Single(file => file.Name == name);
        await ExecuteAsync($"do $check$ begin if false then {text} end if; end $check$");
    }

    [Fact]
    public async Task Every_statement_can_be_prepared_whichever_of_its_parts_it_has()
    {
        foreach (var statement in SqlText.Statements.All)
        {
            foreach (var sql in Variants(statement).Where(sql => Planned.Contains(sql.Text.Split(' ', '\n')[0])))
            {
                var types = sql.Parameters.Select(parameter => parameter.Name == "shard" ? "int" : "unknown").ToArray();
                try
                {
                    await ExecuteAsync($"prepare checked {(types.Length == 0 ? string.Empty : $"({string.Join(", ", types)})")} as {sql.Text}");
                }
                catch (PostgresException e)
                {
                    Assert.Fail($"{statement.Name}: {e.MessageText}\n{sql.Text}");
                }

                await ExecuteAsync("deallocate checked");
            }
        }
    }

    [Fact]
    public void Every_statement_is_used() => SqlFiles.AssertUsed("Storage.Postgres", SqlText.Statements);

    [Fact]
    public Task Every_list_query_is_as_in_the_golden_file() => GoldenLists.AssertAsync("lists.postgres.sql", async (executions, examineMax) =>
    {
        await using var store = new PostgresStore(new() { ConnectionString = database, ExamineMax = examineMax });
        await store.MigrateAsync(None);
        await store.CommitAsync(executions, None);
        return [.. await GoldenLists.RenderAsync(async filter => await store.RenderListAsync(filter))];
    });

    private static IEnumerable<NumberedSql> Variants(SqlStatement statement) => statement.Name == CommitBatch.Update
        ? Enumerable.Range(0, 8).Select(parts => SqlText.OfDay(statement.Name, Day, (UpdateParts)parts))
            .Where((_, parts) => !((UpdateParts)parts).HasFlag(UpdateParts.Relabelled) || ((UpdateParts)parts).HasFlag(UpdateParts.Relisted))
        : statement.Holes.Contains("day") || statement.Holes.Contains("day_number") ? [SqlText.OfDay(statement.Name, Day)]
        : [NumberedSql.Of(statement.Fill(_ => null))];

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(None);
    }
}
