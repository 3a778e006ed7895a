using System.Collections.Frozen;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>Words of other loggers for the four levels.</summary>
public static class LevelWords
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
