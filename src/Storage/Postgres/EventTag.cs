using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>24 bits that tell nearly all event ids of one execution apart: a line of its history is found by them.</summary>
internal static class EventTag
{
    public static int Of(string eventId)
    {
        var hash = StableHash.Of(StoredText.Of(eventId));
        return (int)((hash ^ (hash >> 24)) & 0xFFFFFF);
    }

    /// <returns>Null: the line takes no event id, and is found by its sequence.</returns>
    public static int? Of(Effect.History line) => line is { TakesEventId: true, EventId: { } id } ? Of(id) : null;
}
