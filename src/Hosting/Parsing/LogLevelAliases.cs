using System.Collections.Frozen;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>Level names of other loggers, mapped to the four levels of log lines. Case-insensitive.</summary>
public static class LogLevelAliases
{
    public static readonly FrozenDictionary<string, Severity> Aliases = new Dictionary<string, Severity>
    {
        ["trace"] = Severity.Debug,
        ["information"] = Severity.Info,
        ["success"] = Severity.Info,
        ["warning"] = Severity.Warn,
        ["critical"] = Severity.Error,
        ["fatal"] = Severity.Error,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
