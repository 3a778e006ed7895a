namespace ExecutionGrains.Silo.Auth;

/// <summary>What a run token says: report for this execution in this epoch until it expires.</summary>
/// <param name="KeyId">The API key that caused it; revoking that key ends it.</param>
/// <param name="ExpiresAt">Whole seconds.</param>
public sealed record RunToken(string ExecutionId, int Epoch, string KeyId, DateTimeOffset ExpiresAt)
{
    /// <summary>What clocks may differ by.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);
}
