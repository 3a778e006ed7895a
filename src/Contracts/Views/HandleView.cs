using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>An execution handle. The token is there when the call claimed.</summary>
public sealed record HandleView
{
    public required string ExecutionId { get; init; }

    public required Result Result { get; init; }

    public required ExecutionStatus Status { get; init; }

    public required long Version { get; init; }

    public required int Epoch { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? TokenExpiresAt { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }
}
