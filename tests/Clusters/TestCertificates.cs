using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Silo.Commands;

namespace ExecutionGrains.Clusters;

/// <summary>An authority and its certificates, created by the program's own command in a temporary folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly Lazy<TestCertificates> SharedByAll = new(() =>
    {
        var certificates = new TestCertificates();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => certificates.Dispose();
        return certificates;
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("eg-certificates-");

    public TestCertificates() => Issue();

    /// <summary>The certificates of every cluster that names no others.</summary>
    public static TestCertificates Shared => SharedByAll.Value;

    public CertificateFiles Silo => Files("silo");

    public CertificateFiles Client => Files("client");

    /// <summary>Renews the certificates under the same authority, in the same files.</summary>
    public void Issue() => Run();

    /// <summary>Creates another certificate in separate files.</summary>
    public CertificateFiles Issue(string name, bool isSilo)
    {
        Run(isSilo ? "--silo" : "--client", name);
        return Files(name);
    }

    /// <summary>Certificates that expired a minute ago, under an authority that is still valid.</summary>
    public static X509Certificate2 Expired(CertificateAuthority authority)
    {
        var (certificate, key) = authority.Issue("expired", isSilo: true, TimeSpan.FromMinutes(-1), TimeProvider.System.GetUtcNow());
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    public CertificateAuthority Authority() =>
        CertificateAuthority.Open(File.ReadAllText(Silo.Authority), File.ReadAllText(Path.Combine(_folder.FullName, "ca.key")));

    public void Dispose() => _folder.Delete(recursive: true);

    private CertificateFiles Files(string name) =>
        new(Path.Combine(_folder.FullName, $"{name}.pem"), Path.Combine(_folder.FullName, $"{name}.key"), Path.Combine(_folder.FullName, "ca.pem"));

    private void Run(params string[] further) =>
        CertificatesCommand.Find(["cluster", "certificates", "--out", _folder.FullName, .. further])!.Run(TimeProvider.System, TextWriter.Null);
}
