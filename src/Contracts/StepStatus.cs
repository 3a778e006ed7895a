using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// Where a step stands. <c>incomplete</c>: its execution ended first; the real end of the step still replaces it. <c>lost</c>: its execution was lost.
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
