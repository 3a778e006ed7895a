namespace ExecutionGrains.Silo.Secrets;

public sealed partial class SecretVault
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Information,
        "Made the master key of this store: {Path}. "
        + "Keep a copy apart from the backups; without it the store's secrets cannot be read")]
    private partial void MasterKeyMade(string path);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning,
        "The secrets that an earlier version stored in plain text are wrapped with {Path} now; "
        + "new ones sign, and the dashboard's sessions have ended. Backups of before hold the old ones")]
    private partial void SecretsWrapped(string path);
}
