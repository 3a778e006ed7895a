using System.Reflection;
using Orleans.Concurrency;

namespace ExecutionGrains.Embedded;

/// <summary>What a call needs to know of the interface method it is for.</summary>
internal sealed class GrainMethod(MethodInfo method)
{
    private readonly bool[] _keepsArgument = [.. method.GetParameters().Select(p => p.IsDefined(typeof(ImmutableAttribute), false))];
    private readonly bool _keepsResult = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), false);
    private FieldInfo[]? _arguments;

    public string Name { get; } = $"{method.DeclaringType!.FullName}.{method.Name}";

    public bool Interleaves { get; } = method.IsDefined(typeof(AlwaysInterleaveAttribute), true);

    /// <summary>Replaces the call's arguments by deep copies. Reflection: for tests.</summary>
    public void CopyArguments(GrainCall call)
    {
        _arguments ??= [.. Enumerable.Range(0, _keepsArgument.Length).Select(i => call.GetType().GetField(CallTypes.ArgumentName(i))!)];
        for (var i = 0; i < _arguments.Length; i++)
        {
            if (!_keepsArgument[i])
            {
                _arguments[i].SetValue(call, DeepCopy.Of(_arguments[i].GetValue(call)));
            }
        }
    }

    public T CopyResult<T>(T result) => _keepsResult ? result : (T)DeepCopy.Of(result)!;
}
