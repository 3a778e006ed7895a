using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>Severity of a log line, ascending.</summary>
[JsonConverter(typeof(WordConverter<Severity>))]
public enum Severity
{
    Debug,
    Info,
    Warn,
    Error,
}
