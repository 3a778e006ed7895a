using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// Where an execution stands. <c>pending</c>: waits for a worker. <c>claimed</c>: held by a worker that has not started it. <c>running</c>: started.
/// <c>paused</c>: waits to be resumed, and is never lost meanwhile. All others are final within their epoch; <c>lost</c>: its worker fell silent.
/// </summary>
[JsonConverter(typeof(WordConverter<ExecutionStatus>))]
public enum ExecutionStatus
{
    Pending,
    Claimed,
    Running,
    Paused,
    Succeeded,
    Failed,
    Crashed,
    Cancelled,
    Killed,
    Exception,
    Lost,
}
