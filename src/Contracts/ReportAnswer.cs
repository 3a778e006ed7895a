using Orleans;

namespace ExecutionGrains;

/// <summary>The answer to a report: the state of the execution, and one result per event, in order.</summary>
[GenerateSerializer, Immutable, Alias("eg.report-answer")]
public sealed record ReportAnswer
{
    private static readonly Control GoOn = new(false, null, false);

    /// <summary>
    /// Why no event was handled: <c>forbidden</c>, <c>id_taken</c>, <c>unknown_execution</c>, <c>store_unavailable</c> or <c>overloaded</c>. Null if the
    /// events were handled.
    /// </summary>
    [Id(0)] public Code? Refused { get; init; }

    [Id(1)] public ExecutionStatus Status { get; init; }

    [Id(2)] public long Version { get; init; }

    [Id(3)] public int Epoch { get; init; }

    [Id(4)] public DateTimeOffset? LeaseExpiresAt { get; init; }

    [Id(5)] public Control Control { get; init; } = GoOn;

    [Id(6)] public EventAnswer[] Results { get; init; } = [];
}
