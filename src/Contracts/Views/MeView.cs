using System.ComponentModel.DataAnnotations;

namespace ExecutionGrains.Views;

/// <summary>The caller's key and its rights.</summary>
/// <param name="KeyId">The key's id; not a secret.</param>
/// <param name="Name">The name that its creator gave it.</param>
/// <param name="Role">The role, which decides what the key may do.</param>
/// <param name="Namespaces">The namespaces that the key may use; <c>*</c> is all.</param>
/// <param name="ExpiresAt">When the key expires. Null: never.</param>
public sealed record MeView(
    string KeyId,
    string Name,
    [property: AllowedValues("viewer", "executor", "operator", "admin")] string Role,
    IReadOnlyList<string> Namespaces,
    DateTimeOffset? ExpiresAt);
