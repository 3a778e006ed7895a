using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>What the tracker holds of a step. <see cref="Incomplete"/>: its execution ended first; its real end still replaces it.</summary>
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
