using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Creates states, effects and appends, with defaults for what a test does not care about.</summary>
internal static class Make
{
    public static readonly DateTimeOffset T0 = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public static ExecutionState State(string id, string workflow = "etl", string @namespace = "default", int createdSecond = 0) => new()
    {
        Id = new(id),
        Namespace = @namespace,
        CreatedBy = "ann",
        CreatedAt = T0.AddSeconds(createdSecond),
        Revision = 1,
        Facts = new() { Workflow = workflow },
    };

    public static Append First(ExecutionState state, params Effect[] effects) =>
        new() { State = state, BaseRevision = 0, DueAt = null, Effects = effects, CommitId = 7 };

    public static Append Next(ExecutionState state, params Effect[] effects) => new()
    {
        State = state with { Revision = state.Revision + 1 },
        BaseRevision = state.Revision,
        DueAt = null,
        Effects = effects,
        CommitId = 8,
    };

    public static Effect.History History(long sequence, string? eventId = null) => new(
        sequence, T0, T0, 1, "log", eventId, Result.Applied, null, [1, 2, 3], TakesEventId: eventId is not null, "{}"u8.ToArray());

    public static StepRow Step(string stepId, int sequence, int epoch = 1) =>
        new() { Epoch = epoch, StepId = stepId, Sequence = sequence, Block = "extract", StartedAt = T0 };
}
