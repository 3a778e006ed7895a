using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Serialization;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>The handwritten writer writes what the serializer writes, so that no member that a state or a part of it gets later is forgotten.</summary>
public sealed class StateTextTests
{
    [Fact]
    public void The_writer_writes_a_state_as_the_serializer_does()
    {
        var random = new Random(13);
        for (var i = 0; i < 2_000; i++)
        {
            IsWrittenAsSerialized(Any.Of<ExecutionState>(random));
        }
    }

    [Fact]
    public void Each_member_is_written_if_only_it_is_set()
    {
        var random = new Random(14);
        foreach (var (member, with) in Members())
        {
            var state = with(State("a") with { Facts = ExecutionFacts.None }, Set(member, random));
            Assert.NotEqual(Serialized(with(state, Unset(member))), Serialized(state));
            IsWrittenAsSerialized(state);
        }
    }

    [Fact]
    public void Each_member_is_omitted_if_only_it_is_not_set()
    {
        var random = new Random(15);
        foreach (var (member, with) in Members())
        {
            var whole = Members().Aggregate(State("a"), (state, m) => m.With(state, Set(m.Member, random)));
            IsWrittenAsSerialized(whole);
            IsWrittenAsSerialized(with(whole, Unset(member)));
        }
    }

    [Fact]
    public void Invalid_Unicode_is_written_as_the_serializer_writes_it() => IsWrittenAsSerialized(State("a") with { CreatedBy = "\ud83d" });

    private static void IsWrittenAsSerialized(ExecutionState state) => Assert.Equal(Serialized(state), Text(json => StateText.Write(json, state)));

    private static string Serialized(ExecutionState state) => Text(json => JsonSerializer.Serialize(json, state, StateJson.Default.ExecutionState));

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, StateJson.Writing);
        write(json);
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The state's own members, and those of its parts that are written by hand.</summary>
    private static IEnumerable<(PropertyInfo Member, Func<ExecutionState, object?, ExecutionState> With)> Members() =>
    [
        .. Of<ExecutionState>().Select(m => (m, To<ExecutionState>(m, s => s with { }, (_, s) => s))),
        .. Of<ExecutionFacts>().Select(m => (m, To<ExecutionFacts>(m, s => s.Facts with { }, (s, facts) => s with { Facts = facts }))),
        .. Of<Worker>().Select(m => (m, To<Worker>(m, s => s.Worker is { } w ? w with { } : new("w", null), (s, worker) => s with { Worker = worker }))),
        .. Of<BlockMarker>().Select(m =>
                (m, To<BlockMarker>(m, s => s.LastStarted is { } l ? l with { } : Bare, (s, marker) => s with { LastStarted = marker }))),
        .. Of<BlockMarker>().Select(m =>
                (m, To<BlockMarker>(m, s => s.LastCompleted is { } l ? l with { } : Bare, (s, marker) => s with { LastCompleted = marker }))),
    ];

    private static BlockMarker Bare => new("s", "b", null, default, default, null, null);

    private static IEnumerable<PropertyInfo> Of<T>() => typeof(T).GetProperties().Where(p => p.CanWrite);

    private static Func<ExecutionState, object?, ExecutionState> To<T>(
        PropertyInfo member, Func<ExecutionState, T> part, Func<ExecutionState, T, ExecutionState> with) => (state, value) =>
    {
        var changed = part(state);
        member.SetValue(changed, value);
        return with(state, changed);
    };

    private static object Set(PropertyInfo member, Random random)
    {
        var unset = Unset(member);
        while (true)
        {
            if (Any.Of(member.PropertyType, random) is { } value && !value.Equals(unset) && value is not System.Collections.ICollection { Count: 0 })
            {
                return value;
            }
        }
    }

    /// <summary>Required members become empty instead.</summary>
    private static object? Unset(PropertyInfo member) =>
        member.PropertyType.IsValueType ? Activator.CreateInstance(member.PropertyType)
        : member.PropertyType == typeof(ExecutionFacts) ? ExecutionFacts.None
        : member.PropertyType == typeof(IReadOnlyList<EndedEpoch>) ? Array.Empty<EndedEpoch>()
        : null;
}
