namespace ExecutionGrains.Client;

/// <summary>Severity of a log line, ascending.</summary>
public enum Severity
{
    Debug,
    Info,
    Warn,
    Error,
}
