namespace ExecutionGrains.Storage;

/// <summary>A reminder of a grain, due first at <c>StartAt</c> and then every <c>Period</c>.</summary>
public sealed record GrainReminder(string Grain, string Name, DateTimeOffset StartAt, TimeSpan Period);
