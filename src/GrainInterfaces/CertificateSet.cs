using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ExecutionGrains.GrainInterfaces;

/// <summary>The validated content of <see cref="CertificateFiles"/> at one point in time.</summary>
internal sealed class CertificateSet
{
    /// <summary>Extended key usage: TLS server. A certificate without an extended key usage is valid for every use.</summary>
    public const string ServerUse = "1.3.6.1.5.5.7.3.1";

    /// <summary>Extended key usage: TLS client.</summary>
    public const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;

    private CertificateSet(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authorities)
    {
        (Certificate, _authorities) = (certificate, authorities);
        // offline: otherwise .NET downloads missing intermediate certificates from the addresses in the certificate.
        Context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate with its intermediate certificates, as a TLS handshake sends them.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <param name="files">The paths, for error messages only.</param>
    /// <param name="certificate">The PEM text of <see cref="CertificateFiles.Certificate"/>.</param>
    /// <param name="key">The PEM text of <see cref="CertificateFiles.Key"/>.</param>
    /// <param name="authority">The PEM text of <see cref="CertificateFiles.Authority"/>.</param>
    /// <param name="uses">The extended key usages that the certificate must allow.</param>
    /// <exception cref="CertificateException">
    /// A text is not valid PEM, the key does not belong to the certificate, or the certificate does not chain to the authority for these uses at this time.
    /// </exception>
    public static CertificateSet Parse(CertificateFiles files, string certificate, string key, string authority, string[] uses)
    {
        var (chain, authorities) = (Certificates(files.Certificate, certificate), Certificates(files.Authority, authority));
        var own = Own(files, certificate, key);
        chain.RemoveAt(0);
        var set = new CertificateSet(own, chain, authorities);
        set.Check(files, uses, chain);
        return set;
    }

    /// <summary>
    /// The policy that validates a peer: its certificate must chain to these authorities and allow all of these uses. Nothing is downloaded, and revocation
    /// is not checked.
    /// </summary>
    public X509ChainPolicy Policy(params string[] uses)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        foreach (var use in uses)
        {
            policy.ApplicationPolicy.Add(new Oid(use));
        }

        return policy;
    }

    private static X509Certificate2Collection Certificates(string file, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException failure)
        {
            throw new CertificateException($"{file} holds a certificate that cannot be read: {failure.Message}", failure);
        }

        return certificates.Count > 0 ? certificates : throw new CertificateException($"{file} holds no certificate in PEM");
    }

    private static X509Certificate2 Own(CertificateFiles files, string certificate, string key)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);
            // Windows (SChannel) cannot use an ephemeral private key, so the certificate is exported and loaded again.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pfx), null) : own;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{files.Key} holds no unencrypted PEM key, or not the key of {files.Certificate}", failure);
        }
    }

    private void Check(CertificateFiles files, string[] uses, X509Certificate2Collection intermediates)
    {
        using var chain = new X509Chain { ChainPolicy = Policy(uses) };
        chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        if (chain.Build(Certificate))
        {
            return;
        }

        var why = string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
        throw new CertificateException(string.Create(
            CultureInfo.InvariantCulture,
            $"{files.Certificate} cannot be used with {files.Authority}: {why} "
            + $"(valid from {Certificate.NotBefore.ToUniversalTime():u} to {Certificate.NotAfter.ToUniversalTime():u})"));
    }
}
