using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>An API key.</summary>
public sealed record KeyView
{
    /// <summary>The key's id; not a secret.</summary>
    public required string KeyId { get; init; }

    /// <summary>The key itself. Present only in the answer of the call that created it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>The name that its creator gave it.</summary>
    public required string Name { get; init; }

    /// <summary>The role, which decides what the key may do.</summary>
    [AllowedValues("viewer", "executor", "operator", "admin")]
    public required string Role { get; init; }

    /// <summary>The namespaces that the key may use; <c>*</c> is all.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>Claims of the holder, as a JSON object. Null if there are none.</summary>
    public RawJson? Claims { get; init; }

    /// <summary>When the key was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the key expires. Null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the key was revoked. Null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}
