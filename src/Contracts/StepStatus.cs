using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// The status of a step. <c>incomplete</c>: its execution ended first; if the end of the step arrives later, it replaces this status. <c>lost</c>: its
/// execution was lost.
/// </summary>
[JsonConverter(typeof(WordConverter<StepStatus>))]
public enum StepStatus
{
    Running,
    Succeeded,
    Failed,
    Crashed,
    Cancelled,
    Killed,
    Exception,
    Skipped,
    Compensated,
    Incomplete,
    Lost,
}
