namespace ExecutionGrains.Rules;

/// <summary>The rules would not have written this history: rows are missing, out of order, or from another version of the rules.</summary>
public sealed class ReplayException(ExecutionId execution, Effect.History row, Effect.History? expected)
    : Exception(
        $"Execution {execution}: row {row.Sequence} ({row.Type}, {row.Result.Word()}) is not what the rules write here "
        + $"({expected?.Type ?? "nothing"}, {expected?.Result.Word()}).")
{
    public ExecutionId Execution { get; } = execution;

    /// <summary>The row as stored.</summary>
    public Effect.History Row { get; } = row;

    /// <summary>The row that the rules write here. Null if they write none.</summary>
    public Effect.History? Expected { get; } = expected;
}
