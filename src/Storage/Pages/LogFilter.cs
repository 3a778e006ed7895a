namespace ExecutionGrains.Storage.Pages;

/// <summary>Filters and order of an execution's log lines.</summary>
/// <param name="Minimum">The lowest level. Default <see cref="Severity.Debug"/>.</param>
/// <param name="StepId">Null: lines of any step, and lines without a step.</param>
/// <param name="Text">Text that the message contains, ignoring the case of ASCII letters. Null: any message.</param>
/// <param name="NewestFirst">Default false: oldest first.</param>
public sealed record LogFilter(Severity Minimum = Severity.Debug, string? StepId = null, string? Text = null, bool NewestFirst = false)
{
    /// <summary>All lines, oldest first.</summary>
    public static readonly LogFilter All = new();

    internal string Canonical => $"{Minimum.Word()} {NewestFirst} {StepId?.Length} {StepId} {Text}";

    internal string[] Levels => [.. Enum.GetValues<Severity>().Where(level => level >= Minimum).Select(level => level.Word())];
}
