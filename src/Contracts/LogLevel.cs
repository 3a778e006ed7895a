using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>Severity of a log line, ascending.</summary>
[JsonConverter(typeof(WordConverter<LogLevel>))]
public enum LogLevel
{
    Debug,
    Info,
    Warn,
    Error,
}
