using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>
/// The TLS certificates of a silo or of a grain client. The files are read again before each handshake, so that replaced files take effect with the next
/// connection. If the new files cannot be used, for example because they are half written, the last valid certificates stay in use. Open connections are not
/// closed.
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
    /// The certificate for the next connection. A silo's certificate is valid as TLS server and client, a client's certificate is checked as TLS client only.
    /// </summary>
    public X509Certificate2 Certificate => _current.Certificate;

    /// <exception cref="CertificateException">A file is missing, or a silo cannot use its content.</exception>
    public static ClusterCertificates OfSilo(CertificateFiles files) => new(files, CertificateSet.ServerUse, CertificateSet.ClientUse);

    /// <exception cref="CertificateException">A file is missing, or a client cannot use its content.</exception>
    public static ClusterCertificates OfClient(CertificateFiles files) => new(files, CertificateSet.ClientUse);

    /// <summary>Reads the files again.</summary>
    /// <returns>Why the current content of the files is not used; null if it is used.</returns>
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

    /// <summary>Sets up the server side of a TLS handshake, which is always a silo.</summary>
    /// <param name="handshake">The options to change.</param>
    /// <param name="silosOnly">True if only silos may connect; false if grain clients may connect, too.</param>
    public void AuthenticateServer(SslServerAuthenticationOptions handshake, bool silosOnly)
    {
        Refresh();
        var set = _current;
        handshake.ServerCertificateSelectionCallback = null;
        handshake.ServerCertificateContext = set.Context;
        handshake.ClientCertificateRequired = true;
        handshake.CertificateChainPolicy = silosOnly ? set.Policy(CertificateSet.ServerUse, CertificateSet.ClientUse) : set.Policy(CertificateSet.ClientUse);
        // A resumed TLS session would skip the validation of the certificates.
        handshake.AllowTlsResume = false;
    }

    /// <summary>Sets up the client side of a TLS handshake, which is a silo or a grain client. Only a server certificate is accepted.</summary>
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
    /// Whether a peer is trusted. Its chain was built by the policy of <see cref="AuthenticateServer"/> or <see cref="AuthenticateClient"/>. Host names are
    /// not compared: silos find each other by IP address in the database, and the authority signs for this cluster only.
    /// </summary>
    public static bool IsTrusted(SslPolicyErrors errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;

    private CertificateSet Parse((string Certificate, string Key, string Authority) pem) =>
        CertificateSet.Parse(_files, pem.Certificate, pem.Key, pem.Authority, _uses);

    private (string Certificate, string Key, string Authority) Read() =>
        (File.ReadAllText(_files.Certificate), File.ReadAllText(_files.Key), File.ReadAllText(_files.Authority));
}
