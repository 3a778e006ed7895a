using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>How the end was written.</summary>
[JsonConverter(typeof(WordConverter<FinalizationPath>))]
public enum FinalizationPath
{
    Completed,
    FallbackCompleted,
    ForceFailed,
    Cancelled,
    Paused,
    Lost,
}
