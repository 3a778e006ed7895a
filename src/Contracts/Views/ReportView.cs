using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>The answer to a report. A fresh token comes with the reply to one past half its life.</summary>
public sealed record ReportView
{
    public required string ExecutionId { get; init; }

    public required ExecutionStatus Status { get; init; }

    public required long Version { get; init; }

    public required int Epoch { get; init; }

    public DateTimeOffset? LeaseExpiresAt { get; init; }

    public required Control Control { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? TokenExpiresAt { get; init; }

    public required IReadOnlyList<EventAnswer> Results { get; init; }
}
