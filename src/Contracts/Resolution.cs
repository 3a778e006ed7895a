using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>An operator's word on a lost execution; beside the status, never instead of it.</summary>
[JsonConverter(typeof(WordConverter<Resolution>))]
public enum Resolution
{
    Recovered,
    Failed,
    Ignored,
}
