using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>
/// The certificates of a silo or of a grain client. The files are read again before each handshake: what replaced them is used from the next connection on.
/// If the new files cannot be used, as while they are being written, the last ones stay in use. Open connections stay open.
/// </summary>
public sealed class ClusterCertificates
{
    private readonly Lock _gate = new();
    private readonly CertificateFiles _files;
    private readonly string[] _uses;
    private volatile CertificateSet _current;
    private (string Certificate, string Key, string Authority) _read;
    private bool _isRefused;

    private ClusterCertificates(CertificateFiles files, params string[] uses)
    {
        (_files, _uses) = (files, uses);
        try
        {
            _read = Read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"a certificate file cannot be read: {failure.Message}", failure);
        }

        _current = Parse(_read);
    }

    /// <summary>
    /// The certificate for the next connection. Those of silos are good for both ends of a connection, those of clients for the client's alone.
    /// </summary>
    public X509Certificate2 Certificate => _current.Certificate;

    /// <exception cref="CertificateException">A file is missing, or what it holds cannot be used by a silo.</exception>
    public static ClusterCertificates OfSilo(CertificateFiles files) => new(files, CertificateSet.ServerUse, CertificateSet.ClientUse);

    /// <exception cref="CertificateException">A file is missing, or what it holds cannot be used by a client.</exception>
    public static ClusterCertificates OfClient(CertificateFiles files) => new(files, CertificateSet.ClientUse);

    /// <summary>Reads the files again.</summary>
    /// <returns>Why what they hold now is not used; null: it is.</returns>
    public string? Refresh()
    {
        lock (_gate)
        {
            try
            {
                var read = Read();
                if (read != _read || _isRefused)
                {
                    (_read, _isRefused) = (read, true);
                    _current = Parse(read);
                    _isRefused = false;
                }

                return null;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CertificateException)
            {
                return failure.Message;
            }
        }
    }

    /// <summary>The silo's end of a handshake.</summary>
    /// <param name="silosOnly">Whether only another silo may connect; else a grain client, too.</param>
    public void AuthenticateServer(SslServerAuthenticationOptions handshake, bool silosOnly)
    {
        Refresh();
        var set = _current;
        handshake.ServerCertificateSelectionCallback = null;
        handshake.ServerCertificateContext = set.Context;
        handshake.ClientCertificateRequired = true;
        handshake.CertificateChainPolicy = silosOnly ? set.Policy(CertificateSet.ServerUse, CertificateSet.ClientUse) : set.Policy(CertificateSet.ClientUse);
        // Each connection proves the certificates anew.
        handshake.AllowTlsResume = false;
    }

    /// <summary>The other end, a silo's or a grain client's. Only a silo's certificate is accepted.</summary>
    public void AuthenticateClient(SslClientAuthenticationOptions handshake)
    {
        Refresh();
        var set = _current;
        handshake.LocalCertificateSelectionCallback = null;
        handshake.ClientCertificates = null;
        handshake.ClientCertificateContext = set.Context;
        handshake.CertificateChainPolicy = set.Policy(CertificateSet.ServerUse);
        handshake.AllowTlsResume = false;
    }

    /// <summary>
    /// Whether a peer is trusted, after its chain was built by the policy of <see cref="AuthenticateServer"/> or <see cref="AuthenticateClient"/>. Names are
    /// not
    /// compared: silos find each other by IP address in the database, and the authority signs for this cluster alone.
    /// </summary>
    public static bool IsTrusted(SslPolicyErrors errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;

    private CertificateSet Parse((string Certificate, string Key, string Authority) pem) =>
        CertificateSet.Parse(_files, pem.Certificate, pem.Key, pem.Authority, _uses);

    private (string Certificate, string Key, string Authority) Read() =>
        (File.ReadAllText(_files.Certificate), File.ReadAllText(_files.Key), File.ReadAllText(_files.Authority));
}
