using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>For every field of the facts, two different values and what each operation does with them.</summary>
public sealed class FactsMergeTests
{
    private static readonly ExecutionFacts Nothing = new();

    private static readonly Dictionary<string, (ExecutionFacts One, ExecutionFacts Other)> Fields = new()
    {
        ["workflow"] = (new() { Workflow = "a" }, new() { Workflow = "b" }),
        ["namespace"] = (new() { Namespace = "a" }, new() { Namespace = "b" }),
        ["trigger.type"] = (new() { TriggerType = "a" }, new() { TriggerType = "b" }),
        ["trigger.by"] = (new() { TriggeredBy = "a" }, new() { TriggeredBy = "b" }),
        ["labels"] = (new() { Labels = new() { ["k"] = "a" } }, new() { Labels = new() { ["k"] = "b" } }),
        ["configVersion"] = (new() { ConfigVersion = "a" }, new() { ConfigVersion = "b" }),
        ["parentExecutionId"] = (new() { ParentExecutionId = "a" }, new() { ParentExecutionId = "b" }),
        ["explicitTrace"] = (new() { ExplicitTrace = true }, new() { ExplicitTrace = false }),
        ["traceparent"] = (new() { Traceparent = "a" }, new() { Traceparent = "b" }),
        ["heartbeatTimeoutSeconds"] = (new() { HeartbeatTimeoutSeconds = 100 }, new() { HeartbeatTimeoutSeconds = 200 }),
        ["timeoutSeconds"] = (new() { TimeoutSeconds = 1_000 }, new() { TimeoutSeconds = 2_000 }),
        ["idempotent"] = (new() { Idempotent = true }, new() { Idempotent = false }),
        ["maxAttempts"] = (new() { MaxAttempts = 1 }, new() { MaxAttempts = 2 }),
    };

    public static TheoryData<string> Names() => [.. Fields.Keys];

    [Fact]
    public void The_table_has_every_field() => Assert.Equal(typeof(ExecutionFacts).GetProperties().Length, Fields.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_different_values_of_a_field_contradict_and_a_missing_one_does_not(string field)
    {
        var (one, other) = Fields[field];

        Assert.Equal(field == "traceparent" ? null : field, FactsMerge.ConflictingField(one, other));
        Assert.Null(FactsMerge.ConflictingField(one, one with { Labels = one.Labels is null ? null : new(one.Labels) }));
        Assert.Null(FactsMerge.ConflictingField(one, Nothing));
        Assert.Null(FactsMerge.ConflictingField(Nothing, one));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_merge_fills_empty_fields_and_keeps_the_first_value(string field)
    {
        var (one, other) = Fields[field];

        Assert.True(FactsMerge.AreEqual(one, Nothing.MergeOver(one)));
        Assert.True(FactsMerge.AreEqual(one, one.MergeOver(Nothing)));
        Assert.True(FactsMerge.AreEqual(one, one.MergeOver(other)));
        Assert.Same(one, one.MergeOver(ExecutionFacts.None));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Facts_without_others_lack_the_fields_that_the_others_have(string field)
    {
        var (one, other) = Fields[field];

        Assert.True(FactsMerge.AreEqual(Nothing, one.Without(other)));
        Assert.True(FactsMerge.AreEqual(one, one.Without(Nothing)));
        Assert.True(FactsMerge.AreEqual(Nothing, Nothing.Without(one)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Facts_are_equal_only_if_every_field_is(string field)
    {
        var (one, other) = Fields[field];

        Assert.False(FactsMerge.AreEqual(one, other));
        Assert.False(FactsMerge.AreEqual(one, Nothing));
        Assert.False(FactsMerge.AreEqual(Nothing, one));
        Assert.True(FactsMerge.AreEqual(one, one with { Labels = one.Labels is null ? null : new(one.Labels) }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_create_start_or_end_may_contradict_facts_of_a_create_call(string field)
    {
        var (one, other) = Fields[field];
        if (field is "traceparent" or "namespace")
        {
            return;
        }

        var w = new World();
        w.Create(facts: one);
        foreach (var answer in new[] { w.Create(facts: other), w.Report(Start() with { Facts = other }), w.Report(End() with { Facts = other }) })
        {
            Assert.Equal((Code.Conflict, $"{field} conflicts with the stored value."), (answer.Code, answer.Message));
        }

        Assert.True(FactsMerge.AreEqual(one, w.S.Facts));
        Assert.Equal(Result.Applied, w.Report(End() with { Facts = one }).Result);
        Assert.Equal(Code.Conflict, AfterEnd(one, other).Code);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_start_may_not_contradict_facts_of_an_event_and_the_end_overrides_them(string field)
    {
        var (one, other) = Fields[field];
        if (field is "namespace")
        {
            return;
        }

        var w = new World();
        w.Report(Start() with { Facts = one });
        Assert.Equal(field == "traceparent" ? null : Code.Conflict, w.Report(Start() with { Facts = other }).Code);
        Assert.True(FactsMerge.AreEqual(one, w.S.Facts));
        Assert.Equal(Result.Applied, w.Report(End() with { Facts = other }).Result);
        Assert.True(FactsMerge.AreEqual(other, w.S.Facts));
        w.HistoryGivesTheState();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_create_call_fills_an_unstated_field(string field)
    {
        var w = new World();
        w.Create(facts: Nothing);
        var facts = field == "namespace" ? new() { Namespace = "default" } : Fields[field].One;

        Assert.Equal(Result.Applied, w.Create(facts: facts).Result);
        Assert.True(FactsMerge.AreEqual(facts, w.S.Facts) && w.S.CreateStated);
        Assert.Equal(Result.Duplicate, w.Create(facts: facts).Result);
        w.HistoryGivesTheState();
    }

    [Fact]
    public void Labels_merge_key_by_key_and_contradict_each_other_only_in_a_key_that_both_have()
    {
        ExecutionFacts one = new() { Labels = new() { ["a"] = "1", ["b"] = "1" } };
        ExecutionFacts other = new() { Labels = new() { ["b"] = "2", ["c"] = "2" } };

        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "1", ["c"] = "2" }, one.MergeOver(other).Labels);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1" }, one.Without(other).Labels);
        Assert.Equal("labels", FactsMerge.ConflictingField(one, other));
        Assert.Null(FactsMerge.ConflictingField(one, new() { Labels = new() { ["c"] = "2" } }));
        Assert.False(FactsMerge.AreEqual(one, new() { Labels = new() { ["a"] = "1" } }));
        Assert.False(FactsMerge.AreEqual(new() { Labels = new() { ["a"] = "1" } }, one));
        Assert.True(FactsMerge.AreEqual(Nothing, new() { Labels = [] }));
    }

    [Theory]
    [InlineData(32, null)]
    [InlineData(33, "/labels: must be at most 32 labels in all, was 33")]
    public void Thirty_two_labels_are_accepted(int count, string? limit) =>
        Assert.Equal(limit, FactsMerge.ExceededLimit(new() { Labels = Enumerable.Range(0, count).ToDictionary(i => $"l{i}", i => "v") }));

    [Fact]
    public void No_event_changes_the_namespace()
    {
        var w = new World();
        w.Create();
        ExecutionFacts other = new() { Namespace = "other" };

        Assert.Equal("namespace conflicts with the stored value.", w.Create(facts: other).Message);
        Assert.Equal("namespace conflicts with the stored value.", w.Report(Start() with { Facts = other }).Message);
        Assert.Equal(Code.Conflict, w.Report(End() with { Facts = other }).Code);
        w.Report(End());
        Assert.Equal("namespace conflicts with the stored value.", w.Report(Start() with { Facts = other }).Message);
        Assert.Equal("default", w.S.Namespace);
    }

    private static Decision AfterEnd(ExecutionFacts stated, ExecutionFacts late)
    {
        var w = new World();
        w.Create(facts: stated);
        w.Report(End());
        return w.Report(Start() with { Facts = late });
    }
}
