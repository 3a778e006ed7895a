using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>The answer to a report of events: where the execution stands, what the worker should do, and what became of each event.</summary>
public sealed record ReportView
{
    /// <summary>The execution's id.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>Where the execution stands after the events.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>Grows with every change of the execution.</summary>
    public required long Version { get; init; }

    /// <summary>The current epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>Until when a silent worker is presumed alive. Null if there is no lease.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>What the worker should do.</summary>
    public required Control Control { get; init; }

    /// <summary>A fresh run token for this epoch. Only there if the token of the request is past half its life.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>When the fresh token expires. Only there with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>One answer per event, in the order of the request.</summary>
    public required IReadOnlyList<EventAnswer> Results { get; init; }
}
