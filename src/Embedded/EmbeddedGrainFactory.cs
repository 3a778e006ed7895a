using System.Collections.Concurrent;
using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

internal sealed class EmbeddedGrainFactory(IReadOnlyList<GrainKind> kinds) : IGrainFactory
{
    private readonly ConcurrentDictionary<(Type Interface, string? Prefix), (GrainKind Kind, Func<GrainKind, string, GrainProxy> Create)> _references = new();

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrEmpty(primaryKey);
        var (kind, create) = _references.GetOrAdd((typeof(TGrainInterface), grainClassNamePrefix), Resolve);
        return (TGrainInterface)(object)create(kind, primaryKey);
    }

    public static IRemindable Reminded(GrainKind kind, string key) => (IRemindable)(object)CallTypes.ProxyFactory(typeof(IRemindable))(kind, key);

    private (GrainKind Kind, Func<GrainKind, string, GrainProxy> Create) Resolve((Type Interface, string? Prefix) wanted)
    {
        var found = kinds.Where(kind => wanted.Interface.IsAssignableFrom(kind.Type)
            && (wanted.Prefix is null || kind.Type.FullName!.StartsWith(wanted.Prefix, StringComparison.Ordinal))).ToArray();
        return found switch
        {
            [var kind] => (kind, CallTypes.ProxyFactory(wanted.Interface)),
            [] => throw new ArgumentException($"Could not find an implementation for interface {wanted.Interface.FullName}{With(wanted.Prefix)}."),
            _ => throw new ArgumentException(
                $"Several grain classes implement {wanted.Interface.FullName}{With(wanted.Prefix)}: {string.Join(", ", found.Select(k => k.Type.FullName))}."),
        };
    }

    private static string With(string? prefix) => prefix is null ? "" : $" with the class name prefix {prefix}";
}
