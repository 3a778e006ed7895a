using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Commands;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Certificates;

/// <summary>D31: creating certificates needs no other program.</summary>
public sealed class CertificatesCommandTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-certificates-");

    private string Out => Path.Combine(_data.FullName, "cluster");

    [Fact]
    public void D31_An_empty_folder_gets_an_authority_a_silo_and_a_client_certificate_that_only_the_owner_can_access()
    {
        var told = Run("--out", Out);

        Assert.Equal(
            ["ca.key", "ca.pem", "client.key", "client.pem", "silo.key", "silo.pem"],
            Directory.EnumerateFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(Out).UnixFileMode);
        Assert.All(Directory.EnumerateFiles(Out), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));
        Assert.NotNull(ClusterCertificates.OfSilo(Files("silo")));
        Assert.NotNull(ClusterCertificates.OfClient(Files("client")));
        Assert.DoesNotContain("PRIVATE", told, StringComparison.Ordinal);
    }

    [Fact]
    public void D31_A_client_certificate_is_not_valid_for_a_silo()
    {
        Run("--out", Out);

        var failure = Assert.Throws<CertificateException>(() => ClusterCertificates.OfSilo(Files("client")));

        Assert.StartsWith($"{Files("client").Certificate} cannot be used with {Files("client").Authority}: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void D31_A_second_run_renews_the_certificates_under_the_same_authority()
    {
        Run("--out", Out);
        var authority = File.ReadAllText(Files("silo").Authority);
        var silo = Load("silo");

        Run("--out", Out);

        Assert.Equal(authority, File.ReadAllText(Files("silo").Authority));
        Assert.NotEqual(silo.Thumbprint, Load("silo").Thumbprint);
        Assert.False(silo.PublicKey.EncodedKeyValue.RawData.AsSpan().SequenceEqual(Load("silo").PublicKey.EncodedKeyValue.RawData));
        Assert.Equal("CN=silo, O=ExecutionGrains", silo.Subject);
    }

    [Fact]
    public void D31_Names_a_lifetime_and_another_folder_for_the_authoritys_key_may_be_given()
    {
        var vault = Path.Combine(_data.FullName, "vault");

        Run("--out", Out, "--authority", vault, "--silo", "one", "--silo", "two", "--client", "importer", "--days", "30");

        Assert.Equal(
            ["ca.pem", "importer.key", "importer.pem", "one.key", "one.pem", "two.key", "two.pem"],
            Directory.EnumerateFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["ca.key", "ca.pem"], Directory.EnumerateFiles(vault).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.InRange(Load("two").NotAfter.ToUniversalTime(), DateTime.UtcNow.AddDays(29), DateTime.UtcNow.AddDays(31));
        Assert.NotNull(ClusterCertificates.OfSilo(Files("two")));
    }

    [Fact]
    public void D31_A_certificate_expires_no_later_than_its_authority()
    {
        Run("--out", Out, "--days", "3650");

        Assert.Equal(X509CertificateLoader.LoadCertificateFromFile(Files("silo").Authority).NotAfter, Load("silo").NotAfter);
    }

    [Theory]
    [InlineData("the folder is missing: ")]
    [InlineData("--out has no value: ", "--out")]
    [InlineData("there is no argument --host: ", "--host", "x")]
    [InlineData("--days must be a whole number from 1 to 3650, was 0", "--out", "x", "--days", "0")]
    [InlineData("a name must be 1 to 64 characters of [A-Za-z0-9._-], not begin with . or -, and not be ca; was ../x", "--out", "x", "--silo", "../x")]
    [InlineData("a name must be 1 to 64 characters of [A-Za-z0-9._-], not begin with . or -, and not be ca; was ca", "--out", "x", "--client", "ca")]
    [InlineData("the name a is given twice", "--out", "x", "--client", "a", "--silo", "a")]
    public void D31_A_wrong_argument_is_reported_and_creates_nothing(string what, params string[] arguments)
    {
        Assert.StartsWith(what, Assert.Throws<StartException>(() => Run(arguments)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void D31_A_certificate_of_an_authority_without_its_key_is_not_replaced()
    {
        Run("--out", Out);
        File.Delete(Path.Combine(Out, "ca.key"));

        Assert.Contains("ca.key is missing beside ", Assert.Throws<StartException>(() => Run("--out", Out)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void D31_An_authority_that_is_not_trusted_yet_signs_nothing()
    {
        Run("--out", Out);
        var silo = Load("silo");

        var failure = Assert.Throws<StartException>(() => Run("--out", Out, "--authority", Path.Combine(_data.FullName, "another")));

        Assert.Contains("ca.pem does not hold the authority's certificate", failure.Message, StringComparison.Ordinal);
        Assert.Equal(silo.Thumbprint, Load("silo").Thumbprint);
    }

    [Fact]
    public void D31_A_key_of_another_certificate_is_reported()
    {
        Run("--out", Out);
        File.Copy(Files("client").Key, Files("silo").Key, overwrite: true);

        var failure = Assert.Throws<CertificateException>(() => ClusterCertificates.OfSilo(Files("silo")));

        Assert.Equal($"{Files("silo").Key} holds no unencrypted PEM key, or not the key of {Files("silo").Certificate}", failure.Message);
    }

    public void Dispose() => _data.Delete(recursive: true);

    private static string Run(params string[] arguments)
    {
        using var told = new StringWriter();
        CertificatesCommand.Find(["cluster", "certificates", .. arguments])!.Run(TimeProvider.System, told);
        return told.ToString();
    }

    private CertificateFiles Files(string name) => new(Path.Combine(Out, $"{name}.pem"), Path.Combine(Out, $"{name}.key"), Path.Combine(Out, "ca.pem"));

    private X509Certificate2 Load(string name) => X509Certificate2.CreateFromPemFile(Files(name).Certificate, Files(name).Key);
}
