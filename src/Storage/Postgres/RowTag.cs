using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>24 bits that tell nearly all event ids of one execution apart, and nearly all of its steps: what stands under one is found by them.</summary>
internal static class RowTag
{
    public static int Of(string eventId) => Folded(StableHash.Of(StoredText.Of(eventId)));

    /// <returns>Null: the line takes no event id, and is found by its sequence.</returns>
    public static int? Of(Effect.History line) => line is { TakesEventId: true, EventId: { } id } ? Of(id) : null;

    public static int Of(int epoch, string stepId) => Folded(StableHash.Of(StoredText.Of(stepId)) ^ ((uint)epoch * 0x9E3779B1));

    private static int Folded(uint hash) => (int)((hash ^ (hash >> 24)) & 0xFFFFFF);
}
