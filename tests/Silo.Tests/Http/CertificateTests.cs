using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Client certificates over https.</summary>
public sealed class CertificateTests(CertifiedSilo silo) : IClassFixture<CertifiedSilo>
{
    [Fact]
    public async Task A_certificate_of_the_authority_has_the_role_and_the_namespaces_of_its_common_name()
    {
        Assert.Equal((200, null), await GetAsync("/v1/executions", silo.Issue("reader-1")));
        Assert.Equal((403, "forbidden"), await GetAsync("/v1/keys", silo.Issue("reader-1")));
        Assert.Equal((200, null), await GetAsync("/v1/keys", silo.Issue("ops")));
    }

    [Fact]
    public async Task Another_certificate_or_a_missing_one_is_refused()
    {
        Assert.Equal((403, "forbidden"), await GetAsync("/v1/executions", silo.Issue("somebody")));
        Assert.Equal((401, "unauthorized"), await GetAsync("/v1/executions", CertifiedSilo.SelfSigned("ops")));
        Assert.Equal((401, "unauthorized"), await GetAsync("/v1/executions", silo.Issue("ops", days: -1)));
        Assert.Equal((401, "unauthorized"), await GetAsync("/v1/executions", null));
    }

    private async Task<(int Status, string? Code)> GetAsync(string path, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        using var http = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version11 };
        using var answer = await http.GetAsync(new Uri(silo.Https, path));
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : body.RootElement.GetProperty("code").GetString());
    }
}

/// <summary>A silo that also listens over https, with the tests' own authority.</summary>
public sealed class CertifiedSilo : SiloFixture
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("eg-certificates-");
    private readonly X509Certificate2 _authority = MakeAuthority();

    public Uri Https => new(App.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal)));

    public override Uri Address => new(App.Urls.Single(url => url.StartsWith("http:", StringComparison.Ordinal)));

    protected override IEnumerable<string> Settings
    {
        get
        {
            var (authority, server, key) = (PathOf("authority.pem"), PathOf("server.pem"), PathOf("server.key"));
            File.WriteAllText(authority, _authority.ExportCertificatePem());
            using var certificate = SelfSigned("localhost");
            File.WriteAllText(server, certificate.ExportCertificatePem());
            File.WriteAllText(key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            return
            [
                "--ExecutionGrains:Urls=http://127.0.0.1:0;https://127.0.0.1:0",
                $"--Kestrel:Certificates:Default:Path={server}",
                $"--Kestrel:Certificates:Default:KeyPath={key}",
                $"--ExecutionGrains:Auth:Certificates:Authority={authority}",
                "--ExecutionGrains:Auth:Certificates:Callers=reader-1=viewer:default,team-a;ops=admin:*",
            ];
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _authority.Dispose();
        _files.Delete(recursive: true);
    }

    /// <summary>A client certificate of the authority.</summary>
    /// <param name="days">Days until it expires; negative: since it expired.</param>
    internal X509Certificate2 Issue(string name, int days = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = DateTimeOffset.UtcNow;
        using var issued = request.Create(_authority, now.AddDays(-5), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return Usable(issued.CopyWithPrivateKey(key));
    }

    internal static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-5), now.AddDays(5));
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-10), now.AddDays(10));
    }

    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }

    private string PathOf(string name) => Path.Combine(_files.FullName, name);
}
