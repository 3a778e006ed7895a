using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>The answer to a report of events: the state of the execution, instructions to the worker, and the result of each event.</summary>
public sealed record ReportView
{
    /// <summary>The execution's id.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The status after the events. Null if the execution was deleted; then all events are rejected with <c>unknown_execution</c>.</summary>
    public required ExecutionStatus? Status { get; init; }

    /// <summary>A number that increases with every change of the execution. 0 if it was deleted.</summary>
    public required long Version { get; init; }

    /// <summary>The current epoch. 0 if the execution was deleted.</summary>
    public required int Epoch { get; init; }

    /// <summary>When the lease ends: until then a silent worker is presumed alive. Null if there is no lease.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>Instructions to the worker.</summary>
    public required Control Control { get; init; }

    /// <summary>A new run token for this epoch. Present only if the token of the request has passed half its lifetime.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>When the new token expires. Present only with a new token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>One answer per event, in the order of the request.</summary>
    public required IReadOnlyList<EventAnswer> Results { get; init; }
}
