namespace ExecutionGrains.Silo.Auth;

/// <summary>Which client certificates are taken over https.</summary>
/// <param name="AuthorityPath">A PEM file of the authorities that issue them; read at the start.</param>
/// <param name="Callers">Role and namespaces (null: all) by the certificate's common name.</param>
public sealed record CertificateSettings(string AuthorityPath, IReadOnlyDictionary<string, (Role Role, string[]? Namespaces)> Callers);
