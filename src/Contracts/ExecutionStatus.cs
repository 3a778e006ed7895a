using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>What the tracker holds. Everything from <see cref="Succeeded"/> on is final within its epoch.</summary>
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
