using System.Text.RegularExpressions;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>What Orleans's AdoNet providers find in a database that the store has migrated.</summary>
public sealed class OrleansStatementsTests : OrleansTables
{
    public static TheoryData<string> Keys => [.. OrleansProvider.Contract.Keys];

    [Fact]
    public async Task There_is_a_statement_for_every_key_that_a_provider_asks_for_and_no_other() =>
        Assert.Equal(OrleansProvider.Contract.Keys.Order(), (await Provider.StatementsAsync()).Keys.Order());

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_statement_runs_with_the_providers_parameters_and_returns_the_columns_that_it_reads(string key) =>
        await Provider.RunAsync(key);

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task A_statement_uses_no_parameter_that_the_provider_does_not_bind(string key)
    {
        var used = Regex.Matches((await Provider.StatementsAsync())[key], "@([A-Za-z0-9]+)").Select(m => m.Groups[1].Value);
        Assert.Empty(used.Except(OrleansProvider.Contract[key].Parameters.Split(' ')));
    }

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        var before = await Provider.StatementsAsync();
        await Provider.RunAsync("InsertMembershipVersionKey");
        await MigrateAsync(Database);
        Assert.Equal(before, await Provider.StatementsAsync());
        Assert.Single(await Provider.RunAsync("MembershipReadAllKey"));
    }

    [Fact]
    public async Task A_database_from_before_this_migration_gets_them_and_keeps_its_rows()
    {
        var old = await EmptyDatabaseAsync();
        await using (var first = new PostgresStore(new() { ConnectionString = old }, null, [SqlText.Migrations()[0]]))
        {
            await first.MigrateAsync(CancellationToken.None);
            await first.WriteSettingAsync("kept", [1], CancellationToken.None);
        }

        await using var store = new PostgresStore(new() { ConnectionString = old });
        await store.MigrateAsync(CancellationToken.None);
        Assert.Equal([1], await store.SettingAsync("kept", () => [2], CancellationToken.None));
        Assert.Equal(OrleansProvider.Contract.Count, (await new OrleansProvider(old).StatementsAsync()).Count);
    }

    [Fact]
    public async Task They_are_in_the_connections_schema_whatever_else_is_in_the_database()
    {
        var apart = new NpgsqlConnectionStringBuilder(Database) { SearchPath = "tracker" }.ToString();
        await ExecuteAsync(Database, "create schema tracker");
        await MigrateAsync(apart);
        Assert.True(await new OrleansProvider(apart).AsksAsync("InsertMembershipVersionKey"));
        Assert.Empty(await Provider.RunAsync("MembershipReadAllKey"));
    }

    [Fact]
    public async Task Another_applications_statements_are_not_changed_and_the_refusal_has_instructions()
    {
        var theirs = await EmptyDatabaseAsync();
        await ExecuteAsync(
            theirs,
            "create table OrleansQuery (QueryKey varchar(64) primary key, QueryText varchar(8000)); "
            + "insert into OrleansQuery values ('ClearStorageKey', 'theirs')");
        var e = await Assert.ThrowsAsync<StoreException>(() => MigrateAsync(theirs));
        Assert.Contains("Search Path", e.Message);
        Assert.Equal("theirs", (await new OrleansProvider(theirs).StatementsAsync())["ClearStorageKey"]);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
