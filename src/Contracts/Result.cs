using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>What the answer to an event says to do next: only <see cref="Retry"/> may be sent again.</summary>
[JsonConverter(typeof(WordConverter<Result>))]
public enum Result
{
    Applied,
    Duplicate,
    Late,
    Rejected,
    Retry,
}
