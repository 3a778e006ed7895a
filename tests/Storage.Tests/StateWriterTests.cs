using System.Buffers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Rules;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

public sealed class StateWriterTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddDays(20_000).AddTicks(1_234_560);

    private static ExecutionState Small => new() { Id = new("e"), Namespace = "n", CreatedBy = "c", CreatedAt = At };

    [Fact]
    public void A_new_execution_is_written_as_the_serializer_writes_it() => AssertSame(Small);

    [Fact]
    public void A_state_in_which_everything_is_set_is_written_as_the_serializer_writes_it()
    {
        var full = (ExecutionState)Set(typeof(ExecutionState), depth: 0)!;
        Assert.All(Properties(typeof(ExecutionState)), property => Assert.NotNull(property.GetValue(full)));
        AssertSame(full);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_property_alone_is_written_as_the_serializer_writes_it(string name)
    {
        var property = typeof(ExecutionState).GetProperty(name)!;
        var state = Small;
        property.SetValue(state, Set(property.PropertyType, depth: 1));
        AssertSame(state);
    }

    [Fact]
    public void Texts_are_escaped_as_the_serializer_escapes_them() => AssertSame(Small with
    {
        Namespace = "«\"\\\0\u0001\u2028 \U0001F600\ud800>",
        Facts = new() { Labels = new() { ["k\"é\0"] = "v\n", [""] = "" }, TimeoutSeconds = 0, Idempotent = false },
        StepCost = 0.00m,
        TotalCost = 0.00m,
        TraceSpanCount = 0,
        Progress = new(double.NaN, null),
        LastContactAt = DateTimeOffset.MinValue,
        PausedAt = DateTimeOffset.MaxValue,
    });

    public static TheoryData<string> Names => [.. Properties(typeof(ExecutionState)).Select(property => property.Name)];

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties().Where(property => property.CanWrite);

    private static void AssertSame(ExecutionState state)
    {
        var expected = Written(json => JsonSerializer.Serialize(json, state, StateJson.Default.ExecutionState));
        Assert.Equal(expected, Written(json => StateWriter.Write(json, state)));
        StateJson.Read(Encoding.UTF8.GetBytes(expected));
    }

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, StateJson.Writing))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A value that is not its type's default, in everything that it holds.</summary>
    private static object? Set(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(string) => $"text {depth}",
            _ when type == typeof(DateTimeOffset) => At.AddSeconds(depth),
            _ when type == typeof(ExecutionId) => new ExecutionId("id"),
            _ when type == typeof(bool) => true,
            _ when type == typeof(double) => 12.5,
            _ when type == typeof(decimal) => 1.250m,
            _ when type == typeof(int) => 17 + depth,
            _ when type == typeof(long) => 1L << 40,
            _ when type.IsEnum => Enum.GetValues(type).GetValue(1),
            _ when type == typeof(Dictionary<string, string>) => new Dictionary<string, string> { ["one"] = "1", ["two"] = "2" },
            _ when type == typeof(IReadOnlyList<EndedEpoch>) => new[] { (EndedEpoch)Set(typeof(EndedEpoch), depth + 1)!, (EndedEpoch)Set(typeof(EndedEpoch), depth + 2)! },
            _ => Made(type, depth),
        };
    }

    private static object Made(Type type, int depth)
    {
        var constructor = type.GetConstructors().OrderBy(c => c.GetParameters().Length).Last();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Set(p.ParameterType, depth + 1))]);
        foreach (var property in Properties(type))
        {
            property.SetValue(made, Set(property.PropertyType, depth + 1));
        }

        return made;
    }
}
