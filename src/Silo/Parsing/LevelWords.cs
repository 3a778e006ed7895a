using System.Collections.Frozen;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>Words of other loggers for the four levels.</summary>
public static class LevelWords
{
    public static readonly FrozenDictionary<string, LogLevel> Aliases = new Dictionary<string, LogLevel>
    {
        ["trace"] = LogLevel.Debug,
        ["information"] = LogLevel.Info,
        ["success"] = LogLevel.Info,
        ["warning"] = LogLevel.Warn,
        ["critical"] = LogLevel.Error,
        ["fatal"] = LogLevel.Error,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
