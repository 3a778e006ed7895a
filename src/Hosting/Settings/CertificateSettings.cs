namespace ExecutionGrains.Hosting.Settings;

/// <summary>Settings for authentication by client certificates over HTTPS.</summary>
/// <param name="AuthorityPath">PEM file with the certificate authorities that are trusted to issue them; read once, at startup.</param>
/// <param name="Callers">Role and namespaces (null: all) of each caller, by the common name of its certificate.</param>
public sealed record CertificateSettings(string AuthorityPath, IReadOnlyDictionary<string, (Role Role, string[]? Namespaces)> Callers);
