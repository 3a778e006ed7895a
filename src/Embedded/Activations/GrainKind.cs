using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

/// <summary>A grain class with its activations.</summary>
internal sealed class GrainKind
{
    private readonly ConcurrentDictionary<string, Activation> _activations = new(StringComparer.Ordinal);
    private readonly Func<string, Activation> _create;
    private readonly ObjectFactory _factory;
    private readonly (PersistentStateAttribute Name, Type State)[] _states;

    public GrainKind(EmbeddedSilo silo, Type type)
    {
        Silo = silo;
        Type = type;
        Name = NameOf(type);
        _create = key => new Activation(this, key);
        var parameters = type.GetConstructors() is [var single] ? single.GetParameters() : [];
        var states = parameters.Where(p => p.IsDefined(typeof(PersistentStateAttribute))).ToArray();
        _states = [.. states.Select(p => (p.GetCustomAttribute<PersistentStateAttribute>()!, StateOf(p)))];
        _factory = ActivatorUtilities.CreateFactory(type, [.. states.Select(p => p.ParameterType)]);
    }

    public EmbeddedSilo Silo { get; }

    public Type Type { get; }

    /// <summary>As Orleans names grain types: the class's name in lower case without "Grain" at its end.</summary>
    public string Name { get; }

    public int ActivationCount => _activations.Count;

    public IEnumerable<Activation> Activations => _activations.Select(pair => pair.Value);

    public string IdOf(string key) => $"{Name}/{key}";

    /// <summary>The activation to try next, a new one if need be; null once the silo has stopped.</summary>
    public Activation? Find(string key)
    {
        if (_activations.TryGetValue(key, out var activation))
        {
            return activation;
        }

        return Silo.IsStopped ? null : _activations.GetOrAdd(key, _create);
    }

    public Activation? FindExisting(string key) => _activations.GetValueOrDefault(key);

    public void Remove(string key, Activation activation) => _activations.TryRemove(KeyValuePair.Create(key, activation));

    /// <summary>For a call whose activation went while it waited. It keeps its promise and its deadline.</summary>
    public void HandOn(string key, GrainCall call)
    {
        while (!call.IsSettled)
        {
            if (Find(key) is not { } successor)
            {
                call.Fail(EmbeddedSilo.Unavailable());
            }
            else if (successor.Submit(call) is not null)
            {
                return;
            }
        }
    }

    public (Grain Instance, IReadOnlyList<IGrainStateRecord> States, IAsyncDisposable Scope) Construct(string id)
    {
        var scope = Silo.Services.CreateAsyncScope();
        try
        {
            var states = _states.Select(s => GrainState.Create(s.State, Silo.States, id, s.Name.StateName)).ToArray();
            return ((Grain)_factory(scope.ServiceProvider, states), states, scope);
        }
        catch
        {
            scope.Dispose();
            throw;
        }
    }

    private static string NameOf(Type type)
    {
        var name = type.Name.EndsWith("Grain", StringComparison.Ordinal) && type.Name.Length > 5 ? type.Name[..^5] : type.Name;
        return name.ToLowerInvariant();
    }

    private static Type StateOf(ParameterInfo parameter) =>
        parameter.ParameterType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(IPersistentState<>)
            ? type.GetGenericArguments()[0]
            : throw new InvalidOperationException($"[PersistentState] on {parameter.Member.DeclaringType}: {parameter.Name} must be an IPersistentState<T>.");
}
