using ExecutionGrains.Testing;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The role of <c>deploy/role.sql</c> has enough privileges for a silo.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-role-");
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private PostgresServer _server = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.DatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DropAsync(_database);
        await _server.ExecuteAsync("drop role executions");
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task D50_A_role_that_owns_nothing_but_its_schema_migrates_and_serves()
    {
        Environment.SetEnvironmentVariable("EXECUTIONS_PASSWORD", "a password of 'executions'");
        await PostgresServer.RunScriptAsync(_database, Repository.File("deploy/role.sql"));
        var connection = new NpgsqlConnectionStringBuilder(_database) { Username = "executions" }.ConnectionString;

        await using var silo = await SiloProgram.BuildAsync(
        [
            $"--ExecutionGrains:DataPath={_data.FullName}", "--ExecutionGrains:Urls=http://127.0.0.1:0", "--ExecutionGrains:Store:Provider=postgres",
            $"--ExecutionGrains:Auth:BootstrapKey={SiloFixture.AdminKey}", $"--ExecutionGrains:Store:ConnectionString={connection}",
        ]);
        await silo.StartAsync(_cancel);
        using var http = new HttpClient { BaseAddress = new Uri(silo.Urls.First()) };
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {SiloFixture.AdminKey}");
        const string Create = """{"executionId":"x","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""";
        using var body = new StringContent(Create, System.Text.Encoding.UTF8, "application/json");
        var made = await http.PostAsync("/v1/executions", body, _cancel);
        await silo.StopAsync(_cancel);

        Assert.Equal(201, (int)made.StatusCode);
        Assert.Equal(["executions"], await ReadAsync("""
            select distinct n.nspname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace join pg_roles as r on r.oid = c.relowner
            where r.rolname = 'executions' and n.nspname not like 'pg\_toast%'
            """));
        Assert.Equal(["false false false false"], await ReadAsync(
            "select concat_ws(' ', rolsuper::text, rolcreatedb::text, rolcreaterole::text, rolreplication::text) from pg_roles where rolname = 'executions'"));
        Assert.Equal(["false"], await ReadAsync("select has_schema_privilege('executions', 'public', 'create')::text"));
    }

    private async Task<List<string>> ReadAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_database);
        await using var command = source.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync(_cancel);
        var texts = new List<string>();
        while (await rows.ReadAsync(_cancel))
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }
}
