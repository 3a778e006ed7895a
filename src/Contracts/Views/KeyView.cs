using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>An API key. <c>Key</c> is there once, in the answer that made it.</summary>
public sealed record KeyView
{
    public required string KeyId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public required string Name { get; init; }

    public required string Role { get; init; }

    /// <summary><c>*</c> is all.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    public RawJson? Claims { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}
