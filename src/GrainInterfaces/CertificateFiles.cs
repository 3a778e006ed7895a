namespace ExecutionGrains.GrainInterfaces;

/// <summary>PEM files by which one side of a cluster's connections proves who it is. They may be replaced while the program runs.</summary>
/// <param name="Certificate">The own certificate, followed by intermediate ones if the authority did not sign it directly.</param>
/// <param name="Key">Its private key, not encrypted.</param>
/// <param name="Authority">
/// Certificates of the authorities that sign for this cluster, one or several. Nobody else is trusted; the machine's own store of authorities is not consulted.
/// </param>
public sealed record CertificateFiles(string Certificate, string Key, string Authority);
