using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// The status of an execution. <c>pending</c>: waits for a worker. <c>claimed</c>: held by a worker that has not started it. <c>running</c>: started.
/// <c>paused</c>: waits to be resumed, and cannot become lost. All others are final within their epoch; <c>lost</c>: its worker stopped reporting.
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
