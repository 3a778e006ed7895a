using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>The state of the execution after the call and, if the call claimed it, the run token.</summary>
public sealed record HandleView
{
    /// <summary>The execution's id.</summary>
    public required string ExecutionId { get; init; }

    /// <summary><c>applied</c>: the call changed the execution. <c>duplicate</c>: it changed nothing, because the same call was recorded before.</summary>
    public required Result Result { get; init; }

    /// <summary>The current status.</summary>
    public required ExecutionStatus Status { get; init; }

    /// <summary>A number that increases with every change of the execution.</summary>
    public required long Version { get; init; }

    /// <summary>The epoch that the worker holds. While the execution is pending: the epoch that the next claim takes.</summary>
    public required int Epoch { get; init; }

    /// <summary>The run token: send it as <c>Authorization: Bearer</c> with the events of this epoch. Present only if the call claimed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>When the token expires. Present only if the call claimed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? TokenExpiresAt { get; init; }

    /// <summary>When the lease ends: until then a silent worker is presumed alive. Null if there is no lease.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }
}
