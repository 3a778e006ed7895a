using ExecutionGrains.Silo.Tests.Http;
using Xunit;

namespace ExecutionGrains.Silo.Tests.OpenApi;

/// <summary>
/// D17: clients that are generated from the document drive an execution: create with start, a batch with a refused event, a heartbeat, the end, the detail, a
/// list in pages of 2, and the typed problem of a 409. The TypeScript clients are also type-checked.
/// </summary>
public sealed class ClientTests(GeneratedClients silo) : IClassFixture<GeneratedClients>
{
    private const string Life =
        """{"created":"running","results":["applied","applied","rejected"],"code":"conflict","beat":"applied","ended":"succeeded","detail":"""
        + """{"status":"succeeded","block":"extract","progress":50,"region":"eu"},"pages":[2,2,1],"problem":"""
        + """{"status":409,"code":"already_finished","executionStatus":"succeeded"}}""";

    [Fact]
    public async Task D17_Spectrals_ruleset_oas_finds_nothing()
    {
        var folder = await NodePackages.FolderAsync();

        var rules = Path.Combine(NodePackages.Source, "spectral.json");
        string[] lint = ["lint", await silo.DocumentAsync(), "--ruleset", rules, "--fail-severity", "hint", "--display-only-failures"];
        var found = await Command.RunAsync(NodePackages.Tool(folder, "spectral"), lint, folder);

        Assert.Contains("No results with a severity of 'hint' or higher found!", found, StringComparison.Ordinal);
    }

    [Fact]
    public Task D17_A_client_of_openapi_typescript_drives_an_execution() => IsLivedAsync("openapi-fetch.js");

    [Fact]
    public Task D17_A_client_of_hey_api_drives_an_execution() => IsLivedAsync("hey-api.js");

    [Fact]
    public async Task D17_A_client_of_Kiota_drives_an_execution()
    {
        using var http = new HttpClient();

        var life = (Task<string>)(await silo.KiotaAsync()).GetType("KiotaLife")!.GetMethod("RunAsync")!
            .Invoke(null, [http, silo.Address.ToString(), SiloFixture.AdminKey, silo.NewId("kiota")])!;

        Assert.Equal(Life, await life);
    }

    private async Task IsLivedAsync(string driver)
    {
        var folder = await silo.TypeScriptAsync();

        var life = await Command.RunAsync(
            "node",
            [Path.Combine(folder, driver)],
            folder,
            ("SILO_URL", silo.Address.ToString().TrimEnd('/')),
            ("SILO_KEY", SiloFixture.AdminKey),
            ("EXECUTION_ID", silo.NewId(Path.GetFileNameWithoutExtension(driver))));

        Assert.Equal(Life, life.Trim());
    }
}
