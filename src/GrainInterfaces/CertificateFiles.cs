namespace ExecutionGrains.GrainInterfaces;

/// <summary>Paths of the PEM files for mutual TLS between silos and grain clients. The files may be replaced while the program runs.</summary>
/// <param name="Certificate">This process's certificate, followed by the intermediate certificates if the authority did not sign it directly.</param>
/// <param name="Key">The private key of the certificate, not encrypted.</param>
/// <param name="Authority">
/// One or more certificates of the authorities that sign for this cluster. Only these are trusted; the trust store of the machine is not used.
/// </param>
public sealed record CertificateFiles(string Certificate, string Key, string Authority);
