using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>The severity of a log line, in ascending order.</summary>
[JsonConverter(typeof(WordConverter<Severity>))]
public enum Severity
{
    Debug,
    Info,
    Warn,
    Error,
}
