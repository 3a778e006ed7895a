using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExecutionGrains.Rules;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>What a list reads out of a stored state is what the state says. States have every member set, or left out, by chance.</summary>
public sealed class ListedExecutionTests
{
    [Fact]
    public void What_is_listed_of_a_stored_state_is_what_the_state_says()
    {
        var (random, texts) = (new Random(11), new TextPool());
        for (var i = 0; i < 2_000; i++)
        {
            var stored = Stored((ExecutionState)Any(typeof(ExecutionState), random)!);
            Assert.Equal(Text(ListedExecution.Of(StateJson.Read(stored))), Text(ListedExecution.Read(stored, texts)));
        }
    }

    [Fact]
    public void Members_in_another_order_unknown_ones_and_blanks_change_nothing()
    {
        var random = new Random(12);
        for (var i = 0; i < 500; i++)
        {
            var stored = Stored((ExecutionState)Any(typeof(ExecutionState), random)!);
            var shuffled = JsonSerializer.SerializeToUtf8Bytes(Shuffled(JsonNode.Parse(stored)!, random), new JsonSerializerOptions { WriteIndented = true });
            Assert.Equal(Text(ListedExecution.Read(stored, new())), Text(ListedExecution.Read(shuffled, new())));
        }
    }

    [Fact]
    public void A_state_of_which_hardly_anything_is_said_is_listed_with_the_same_defaults()
    {
        var bare = State("a") with { Facts = ExecutionFacts.None };
        var listed = ListedExecution.Read(Stored(bare), new());
        Assert.Equal(Text(ListedExecution.Of(bare)), Text(listed));
        Assert.Equal(("unknown", ExecutionStatus.Pending, 1, null), (listed.Workflow, listed.Status, listed.Epoch, listed.Cost));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"id\":\"a\",")]
    [InlineData("{\"id\":\"a\",\"status\":\"asleep\"}")]
    public void What_is_no_state_is_refused(string stored) =>
        Assert.ThrowsAny<JsonException>(() => ListedExecution.Read(System.Text.Encoding.UTF8.GetBytes(stored), new()));

    private static byte[] Stored(ExecutionState state) => JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.ExecutionState);

    /// <summary>All of it; the labels by their keys, so that their order is not compared.</summary>
    private static string Text(ListedExecution listed) => string.Join('\n', typeof(ListedExecution).GetProperties().Select(p => $"{p.Name}: {p.GetValue(listed) switch
    {
        IReadOnlyDictionary<string, string> labels => JsonSerializer.Serialize(labels.OrderBy(l => l.Key, StringComparer.Ordinal)),
        DateTimeOffset time => time.ToString("O"),
        var value => value?.ToString(),
    }}"));

    private static JsonNode Shuffled(JsonNode node, Random random)
    {
        if (node is not JsonObject members)
        {
            return node.DeepClone();
        }

        var shuffled = new JsonObject { ["further"] = new JsonObject { ["id"] = "other", ["block"] = new JsonArray(1, new JsonObject { ["workflow"] = "other" }) } };
        foreach (var (name, value) in members.OrderBy(_ => random.Next()))
        {
            // Labels are no members.
            shuffled[name] = value is null ? null : name == "labels" ? value.DeepClone() : Shuffled(value, random);
        }

        return shuffled;
    }

    /// <summary>Some value of the type, by its shape: whatever a state will get one day is filled, too.</summary>
    private static object? Any(Type type, Random random)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return random.Next(2) == 0 ? null : Any(inner, random);
        }

        return type switch
        {
            _ when type == typeof(string) => AnyText(random),
            _ when type == typeof(ExecutionId) => new ExecutionId($"id-{random.Next()}"),
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(int) => random.Next(3) == 0 ? 0 : random.Next(),
            _ when type == typeof(long) => random.Next(3) == 0 ? 0L : random.NextInt64(),
            _ when type == typeof(double) => random.NextDouble() * 100,
            _ when type == typeof(decimal) => random.Next(3) == 0 ? 0m : new decimal(random.Next(), random.Next(), 0, random.Next(2) == 0, (byte)random.Next(12)),
            _ when type == typeof(DateTimeOffset) => T0.AddTicks(random.NextInt64(1_000_000_000_000) * 10),
            { IsEnum: true } => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length)),
            _ when type == typeof(Dictionary<string, string>) => Enumerable.Range(0, random.Next(4)).ToDictionary(i => $"{AnyText(random)}{i}", _ => AnyText(random)),
            _ when type.IsAssignableTo(typeof(IEnumerable)) => Several(type.GetGenericArguments()[0], random),
            _ => AnyRecord(type, random),
        };
    }

    private static string AnyText(Random random) =>
        random.Next(4) switch { 0 => string.Empty, 1 => $"ü\"\\\u0001日本😀/{random.Next(9)}", _ => $"text-{random.Next(1_000)}" };

    private static Array Several(Type type, Random random)
    {
        var several = Array.CreateInstance(type, random.Next(3));
        for (var i = 0; i < several.Length; i++)
        {
            several.SetValue(Any(type, random), i);
        }

        return several;
    }

    private static object AnyRecord(Type type, Random random)
    {
        // Of a record with a primary constructor that one, not the copying one.
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Any(p.ParameterType, random))]);
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties().Where(p => p.CanWrite && constructor.GetParameters().All(c => c.Name != p.Name)))
        {
            var mayBeNull = !property.PropertyType.IsValueType && nullability.Create(property).WriteState == NullabilityState.Nullable;
            property.SetValue(made, mayBeNull && random.Next(2) == 0 ? null : Any(property.PropertyType, random));
        }

        return made;
    }
}
