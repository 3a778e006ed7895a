namespace ExecutionGrains.Hosting.Secrets;

public sealed partial class SecretVault
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Information,
        "Created the master key of this store: {Path}. "
        + "Keep a copy apart from the backups; without it, the store's secrets cannot be read")]
    private partial void MasterKeyMade(string path);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning,
        "Encrypted the secrets that an earlier version stored in plain text with the master key in {Path}; "
        + "new secrets sign from now on, and the dashboard's sessions have ended. Earlier backups still contain the old secrets")]
    private partial void SecretsWrapped(string path);
}
