namespace ExecutionGrains.Client;

/// <summary>An event's own id and time, for engines that replay: the same id with the same content is one event, however often it is written.</summary>
/// <param name="EventId">Unique in its epoch, 1 to 128 characters. Null: a new UUIDv7.</param>
/// <param name="At">When it happened, by the worker's clock. Null: now.</param>
public readonly record struct EventStamp(string? EventId = null, DateTimeOffset? At = null);
