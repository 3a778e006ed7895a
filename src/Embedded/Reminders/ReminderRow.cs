namespace ExecutionGrains.Embedded;

/// <param name="Grain">The grain's id, such as <c>janitor/3</c>.</param>
/// <param name="Name">Unique within the grain.</param>
/// <param name="StartAt">The first tick. The others follow on its grid.</param>
/// <param name="Period">Between ticks.</param>
public sealed record ReminderRow(string Grain, string Name, DateTimeOffset StartAt, TimeSpan Period);
