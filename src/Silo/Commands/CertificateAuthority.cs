using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExecutionGrains.Silo.Commands;

/// <summary>The certificate authority of one cluster. It signs only the certificates of the cluster's silos and grain clients.</summary>
public sealed class CertificateAuthority
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    /// <summary>Validity of the authority's own certificate. Ten years.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3_650);

    /// <summary>Certificates are valid from 5 min before they are created, because the clocks of other machines may be behind.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;

    private CertificateAuthority(X509Certificate2 certificate) => _certificate = certificate;

    public DateTimeOffset ValidUntil => _certificate.NotAfter;

    public string CertificatePem => $"{_certificate.ExportCertificatePem()}\n";

    public string KeyPem
    {
        get
        {
            using var key = _certificate.GetECDsaPrivateKey()!;
            return $"{key.ExportPkcs8PrivateKeyPem()}\n";
        }
    }

    public static CertificateAuthority Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Each authority has a unique name, so that a certificate of a replaced authority is not matched with the new one.
        var name = $"CN=Cluster authority {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}, O=ExecutionGrains";
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new(request.CreateSelfSigned(now - Backdated, now + Lifetime));
    }

    /// <exception cref="CryptographicException">A text is not PEM, or the key does not belong to the certificate.</exception>
    public static CertificateAuthority Open(string certificatePem, string keyPem) => new(X509Certificate2.CreateFromPem(certificatePem, keyPem));

    /// <summary>Issues a certificate with a new key.</summary>
    /// <param name="isSilo">Whether the certificate is also valid as a server certificate. Without that, it can only connect to gateways.</param>
    /// <param name="lifetime">Time until the certificate expires; it is cut to the authority's own expiry.</param>
    public (string CertificatePem, string KeyPem) Issue(string name, bool isSilo, TimeSpan lifetime, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}, O=ExecutionGrains", key, HashAlgorithmName.SHA256);
        OidCollection uses = [new Oid(ClientUse)];
        if (isSilo)
        {
            uses.Add(new Oid(ServerUse));
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        // A serial number is a signed integer: clear the top bit to keep it positive, and set the next one to keep all 16 bytes significant.
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        var until = now + lifetime;
        var from = now - Backdated;
        DateTimeOffset validFrom = _certificate.NotBefore;
        using var certificate = request.Create(_certificate, from < validFrom ? validFrom : from, until < ValidUntil ? until : ValidUntil, serial);
        return ($"{certificate.ExportCertificatePem()}\n", $"{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
