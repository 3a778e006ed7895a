using System.Text.Json;
using System.Text.Json.Nodes;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Serialization;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>A list reads the same values from a stored state as the full parse. States have every member set, or left out, at random.</summary>
public sealed class ListedExecutionTests
{
    [Fact]
    public void Listed_values_equal_those_of_the_stored_state()
    {
        var (random, texts) = (new Random(11), new TextPool());
        for (var i = 0; i < 2_000; i++)
        {
            var stored = Stored(Any.Of<ExecutionState>(random));
            Assert.Equal(Text(ListedExecution.Of(StateJson.Read(stored))), Text(ListedExecution.Read(stored, texts)));
        }
    }

    [Fact]
    public void Another_order_unknown_members_and_whitespace_change_nothing()
    {
        var random = new Random(12);
        for (var i = 0; i < 500; i++)
        {
            var stored = Stored(Any.Of<ExecutionState>(random));
            var shuffled = JsonSerializer.SerializeToUtf8Bytes(Shuffled(JsonNode.Parse(stored)!, random), new JsonSerializerOptions { WriteIndented = true });
            Assert.Equal(Text(ListedExecution.Read(stored, new())), Text(ListedExecution.Read(shuffled, new())));
        }
    }

    [Fact]
    public void A_nearly_empty_state_is_listed_with_the_same_defaults()
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
    public void Invalid_states_are_refused(string stored) =>
        Assert.ThrowsAny<JsonException>(() => ListedExecution.Read(System.Text.Encoding.UTF8.GetBytes(stored), new()));

    private static byte[] Stored(ExecutionState state) => JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.ExecutionState);

    /// <summary>All fields; labels sorted by key, so that their order is not compared.</summary>
    private static string Text(ListedExecution listed) => string.Join(
        '\n',
        typeof(ListedExecution).GetProperties().Select(p => $"{p.Name}: {p.GetValue(listed) switch
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

        var shuffled =
            new JsonObject { ["further"] = new JsonObject { ["id"] = "other", ["block"] = new JsonArray(1, new JsonObject { ["workflow"] = "other" }) } };
        foreach (var (name, value) in members.OrderBy(_ => random.Next()))
        {
            // Labels are not members.
            shuffled[name] = value is null ? null : name == "labels" ? value.DeepClone() : Shuffled(value, random);
        }

        return shuffled;
    }
}
