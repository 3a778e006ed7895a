namespace ExecutionGrains.Views;

/// <summary>What the caller's key may do.</summary>
/// <param name="Namespaces">What it reaches; <c>*</c> is all.</param>
/// <param name="ExpiresAt">Null: never.</param>
public sealed record MeView(string KeyId, string Name, string Role, IReadOnlyList<string> Namespaces, DateTimeOffset? ExpiresAt);
