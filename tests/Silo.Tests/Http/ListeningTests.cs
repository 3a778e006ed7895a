using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>One setting says where the silo listens, and it does not listen beyond this machine without a key.</summary>
public sealed class ListeningTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-listen-");

    [Theory]
    [InlineData("--Kestrel:Endpoints:Open:Url=http://0.0.0.0:0")]
    [InlineData("--urls=http://0.0.0.0:0")]
    [InlineData("--http_ports=0")]
    [InlineData("--https_ports=0")]
    [InlineData("--preferHostingUrls=true", "--urls=http://*:0")]
    public async Task No_other_setting_opens_a_silo_that_has_no_configured_key(params string[] others)
    {
        await using var app = await SiloProgram.BuildAsync([.. Arguments("http://127.0.0.1:0"), .. others]);

        await app.StartAsync();

        Assert.Equal(IPAddress.Loopback.ToString(), new Uri(Assert.Single(app.Urls)).Host);
        await app.StopAsync();
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://0.0.0.0:0")]
    [InlineData("DOTNET_URLS", "http://0.0.0.0:0")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "0")]
    [InlineData("Kestrel__Endpoints__Open__Url", "http://0.0.0.0:0")]
    [InlineData("ASPNETCORE_Kestrel__Endpoints__Open__Url", "http://0.0.0.0:0")]
    public async Task No_environment_opens_a_silo_that_has_no_configured_key(string name, string value)
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"), (name, value));

        var line = await silo.LineAsync("Dashboard: ", TestContext.Current.CancellationToken);

        Assert.StartsWith("Dashboard: http://127.0.0.1:", line, StringComparison.Ordinal);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(line["Dashboard: ".Length..])).StatusCode);
    }

    [Fact]
    public async Task A_refused_start_is_one_line_and_an_exit_code()
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://0.0.0.0:0"));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches(@"^ExecutionGrains cannot start: [^\n]*ExecutionGrains__Auth__BootstrapKey[^\n]*\n\z", error);
        Assert.False(File.Exists(silo.KeyPath));
    }

    [Fact]
    public async Task Kestrels_certificate_settings_apply_and_the_cookie_of_https_is_secure()
    {
        var path = Path.Combine(_data.FullName, "silo.pfx");
        using (var key = RSA.Create(2048))
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllBytesAsync(path, certificate.Export(X509ContentType.Pfx, "secret"));
        }

        await using var app = await SiloProgram.BuildAsync([
            .. Arguments("https://127.0.0.1:0"),
            $"--ExecutionGrains:Auth:BootstrapKey={SiloFixture.AdminKey}",
            $"--Kestrel:Certificates:Default:Path={path}",
            "--Kestrel:Certificates:Default:Password=secret",
        ]);
        await app.StartAsync();

        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            });
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", SiloFixture.AdminKey)]);
        var answer = await http.PostAsync($"{Assert.Single(app.Urls)}/signin", form);

        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://localhost:0")]
    public async Task An_unusable_address_is_one_line_and_an_exit_code(string urls)
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", urls));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches($@"^ExecutionGrains cannot start: ExecutionGrains__Urls is {Regex.Escape(urls)}, [^\n]+\n\z", error);
        Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_configured_key_the_silo_may_listen_beyond_loopback()
    {
        await using var app = await SiloProgram.BuildAsync([.. Arguments("http://0.0.0.0:0"), $"--ExecutionGrains:Auth:BootstrapKey={SiloFixture.AdminKey}"]);

        await app.StartAsync();

        Assert.Equal("0.0.0.0", new Uri(Assert.Single(app.Urls)).Host);
        await app.StopAsync();
    }

    [Fact]
    public async Task An_existing_key_is_enough()
    {
        await using (await SiloProgram.BuildAsync(Arguments("http://127.0.0.1:0")))
        {
        }

        await using var app = await SiloProgram.BuildAsync(Arguments("http://0.0.0.0:0"));
        Assert.True(File.Exists(Path.Combine(_data.FullName, "admin.key")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revoked_or_expired_key_is_not_enough(bool revoked)
    {
        var now = DateTimeOffset.UtcNow;
        await using (var app = await SiloProgram.BuildAsync(Arguments("http://127.0.0.1:0")))
        {
            var store = app.Services.GetRequiredService<IOperationsStore>();
            await store.RevokeKeyAsync("admin", now, null, TestContext.Current.CancellationToken);
            var row = new ApiKeyRow("old", "old", Role.Admin.Word(), null, ApiKey.Hash("old"), null, now.AddDays(-2), revoked ? null : now.AddDays(-1), null);
            await store.AddKeyAsync(row, null, TestContext.Current.CancellationToken);
            if (revoked)
            {
                await store.RevokeKeyAsync("old", now, null, TestContext.Current.CancellationToken);
            }
        }

        await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(Arguments("http://0.0.0.0:0")));
    }

    public void Dispose() => _data.Delete(recursive: true);

    private string[] Arguments(string urls) => [$"--ExecutionGrains:DataPath={_data.FullName}", $"--ExecutionGrains:Urls={urls}"];
}
