using System.Buffers;
using System.Text;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>The bytes that are hashed for an event. If they change, duplicates of stored events are answered as conflicts.</summary>
public sealed class CanonicalFormTests
{
    private static readonly ExecutionFacts Facts = new()
    {
        Workflow = "w",
        Namespace = "n",
        TriggerType = "t",
        TriggeredBy = "b",
        Labels = new() { ["z"] = "1", ["a"] = "2" },
        ConfigVersion = "c",
        ParentExecutionId = "p",
        ExplicitTrace = false,
        Traceparent = "00",
        HeartbeatTimeoutSeconds = 1,
        TimeoutSeconds = 2,
        Idempotent = true,
        MaxAttempts = 3,
    };

    private const string FactsText =
        "\"workflow\":\"w\",\"namespace\":\"n\",\"triggerType\":\"t\",\"triggeredBy\":\"b\",\"labels\":{\"a\":\"2\",\"z\":\"1\"},"
        + "\"configVersion\":\"c\",\"parentExecutionId\":\"p\",\"explicitTrace\":false,\"traceparent\":\"00\","
        + "\"heartbeatTimeoutSeconds\":1,\"timeoutSeconds\":2,\"idempotent\":true,\"maxAttempts\":3";

    private static readonly Dictionary<string, (ExecutionEvent Event, string Text)> Golden = new()
    {
        ["execution.started"] = (
            Start(W1) with { Facts = Facts, At = Begin.AddTicks(7) },
            $"\"at\":{Begin.ToUnixTimeMilliseconds() * 1_000},\"workerId\":\"worker-1\",\"incarnation\":\"a\",{FactsText}"),
        ["execution.paused"] = (new ExecutionEvent.ExecutionPaused { Reason = "r" }, "\"reason\":\"r\""),
        ["execution.resumed"] = (new ExecutionEvent.ExecutionResumed { Reason = "r" }, "\"reason\":\"r\""),
        ["execution.completed"] = (
            End(Outcome.Fail) with { Output = "1"u8.ToArray(), Error = "2"u8.ToArray(), Cost = 1.20m, TraceSpanCount = 4, WorkerId = "w", Facts = Facts },
            $"\"outcome\":\"fail\",\"output\":1,\"error\":2,\"cost\":1.2,\"traceSpanCount\":4,\"workerId\":\"w\",{FactsText}"),
        ["step.started"] = (
            StepStart("s", "b") with { BlockType = "t", ParentStepId = "p", Input = "1"u8.ToArray() },
            "\"stepId\":\"s\",\"block\":\"b\",\"blockType\":\"t\",\"parentStepId\":\"p\",\"input\":1"),
        ["step.completed"] = (
            StepEnd("s", StepOutcome.Kill) with
            {
                Block = "b",
                BlockType = "t",
                ParentStepId = "p",
                Input = "1"u8.ToArray(),
                Output = "2"u8.ToArray(),
                Error = "3"u8.ToArray(),
                Cost = 10m,
                MemoryBytes = 9,
            },
            "\"stepId\":\"s\",\"block\":\"b\",\"blockType\":\"t\",\"parentStepId\":\"p\",\"outcome\":\"kill\","
            + "\"input\":1,\"output\":2,\"error\":3,\"cost\":10,\"memoryBytes\":9"),
        ["log"] = (
            new ExecutionEvent.Log { Message = "m<é>", Level = Severity.Warn, Source = "x", StepId = "s" },
            "\"level\":\"warn\",\"source\":\"x\",\"stepId\":\"s\",\"message\":\"m<é>\""),
        ["heartbeat"] = (new ExecutionEvent.Heartbeat { Progress = new(1, "m") }, string.Empty),
    };

    public static TheoryData<string> Types() => [.. Golden.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_field_except_the_id_is_part_of_the_canonical_form(string type)
    {
        var (e, fields) = Golden[type];

        Assert.Equal($"{{\"type\":\"{type}\"{(fields.Length > 0 ? "," : "")}{fields}}}", Written(e with { EventId = "id" }));
    }

    [Fact]
    public void The_form_without_payloads_has_no_input_output_error_or_message()
    {
        foreach (var (e, text) in Golden.Values)
        {
            var without = Written(e, payloads: false);
            Assert.All(["\"input\"", "\"output\"", "\"error\"", "\"message\""], name => Assert.DoesNotContain(name, without));
            Assert.All(["\"cost\"", "\"stepId\"", "\"source\"", "\"workflow\""], name => Assert.Equal(text.Contains(name), without.Contains(name)));
        }
    }

    [Theory]
    [InlineData("""{"b":1,"a":[{"d":1.50,"c":null}]}""", """{"a":[{"c":null,"d":1.50}],"b":1}""")]
    [InlineData(""" [ 1 , "é\u0041" , true ] """, """[1,"éA",true]""")]
    [InlineData("""{ "b":"\ud800", "a":1 }""", """{ "b":"\ud800", "a":1 }""")]
    [InlineData("1e2", "1e2")]
    public void A_payload_has_sorted_names_no_whitespace_and_numbers_as_written(string payload, string canonical) =>
        Assert.Contains($"\"input\":{canonical}}}", Written(StepStart("s") with { Input = Encoding.UTF8.GetBytes(payload) }));

    [Fact]
    public void A_payload_that_is_nested_too_deep_is_kept_as_written()
    {
        var deep = $"{new string('[', 65)} {new string(']', 65)}";
        var most = $"{new string('[', 64)} {new string(']', 64)}";

        Assert.Contains(deep, Written(StepStart("s") with { Input = Encoding.UTF8.GetBytes(deep) }));
        Assert.DoesNotContain(most, Written(StepStart("s") with { Input = Encoding.UTF8.GetBytes(most) }));
    }

    [Theory]
    [InlineData("1.20", "1.2")]
    [InlineData("1.00", "1")]
    [InlineData("100", "100")]
    public void Trailing_zeros_of_a_cost_do_not_matter(string cost, string canonical)
    {
        var number = decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Contains($"\"cost\":{canonical}}}", Written(StepEnd("s") with { Cost = number }));
    }

    [Fact]
    public void The_order_of_labels_and_of_names_does_not_matter_and_every_value_does()
    {
        var one = Start() with { Facts = new() { Labels = new() { ["a"] = "1", ["b"] = "2" } } };

        Assert.Equal(Hash(one), Hash(Start() with { Facts = new() { Labels = new() { ["b"] = "2", ["a"] = "1" } } }));
        Assert.NotEqual(Hash(one), Hash(Start() with { Facts = new() { Labels = new() { ["a"] = "2", ["b"] = "1" } } }));
        Assert.Equal(
            Hash(StepStart("s") with { Input = """{"a":1,"b":2}"""u8.ToArray() }),
            Hash(StepStart("s") with { Input = """{"b":2,"a":1}"""u8.ToArray() }));
    }

    private static string Written(ExecutionEvent e, bool payloads = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CanonicalForm.Write(e, buffer, payloads);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
