using System.ComponentModel.DataAnnotations;

namespace ExecutionGrains.Views;

/// <summary>What the caller's key may do.</summary>
/// <param name="KeyId">The key's id; not a secret.</param>
/// <param name="Name">The name that its maker gave it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="Namespaces">The namespaces that it reaches; <c>*</c> is all.</param>
/// <param name="ExpiresAt">When it expires. Null: never.</param>
public sealed record MeView(
    string KeyId, string Name, [property: AllowedValues("viewer", "executor", "operator", "admin")] string Role, IReadOnlyList<string> Namespaces, DateTimeOffset? ExpiresAt);
