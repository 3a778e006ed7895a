namespace ExecutionGrains.Client;

/// <summary>
/// An event's id and time, set by the caller. For engines that replay code: events with the same id and the same content count as one, however often they are
/// sent.
/// </summary>
/// <param name="EventId">Unique within the epoch, 1 to 128 characters. Default null: a new UUIDv7.</param>
/// <param name="At">Time of the event by the worker's clock. Default null: now.</param>
public readonly record struct EventIdentity(string? EventId = null, DateTimeOffset? At = null);
