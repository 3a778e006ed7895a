namespace ExecutionGrains.Rules;

/// <summary>A time in which the tracker could not hear its workers. Nobody's silence counts in it.</summary>
public readonly record struct Outage(DateTimeOffset From, DateTimeOffset To);
