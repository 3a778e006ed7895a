namespace ExecutionGrains.Storage;

/// <summary>Which lines of an execution's log are asked for, and in which order.</summary>
/// <param name="Minimum">The lowest level.</param>
/// <param name="StepId">Null: of any step, and of none.</param>
/// <param name="Text">What the message holds, whatever the case of its ASCII letters; null: anything.</param>
/// <param name="NewestFirst">False: oldest first.</param>
public sealed record LogFilter(Severity Minimum = Severity.Debug, string? StepId = null, string? Text = null, bool NewestFirst = false)
{
    /// <summary>All lines, oldest first.</summary>
    public static readonly LogFilter All = new();

    internal string Canonical => $"{Minimum.Word()} {NewestFirst} {StepId?.Length} {StepId} {Text}";

    internal string[] Levels => [.. Enum.GetValues<Severity>().Where(level => level >= Minimum).Select(level => level.Word())];
}
