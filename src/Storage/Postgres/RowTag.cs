using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>24 bits that tell nearly all event ids of one execution apart, and nearly all of its steps: what stands under one is found by them.</summary>
internal static class RowTag
{
    /// <summary>
    /// The shift per epoch; odd, so that one id has another tag in each of 2^24 epochs, and the unique index of tag and id holds it once per epoch.
    /// </summary>
    private const int EpochShift = 0x9E3779;

    public static int Of(EventKey key) => (Folded(StableHash.Of(StoredText.Of(key.EventId))) + ((key.Epoch - 1) * EpochShift)) & 0xFFFFFF;

    /// <returns>Null: the line takes no event id, and is found by its sequence.</returns>
    public static int? Of(Effect.History line) => line is { TakesEventId: true, EventId: { } id } ? Of(new EventKey(line.Epoch, id)) : null;

    public static int Of(int epoch, string stepId) => Folded(StableHash.Of(StoredText.Of(stepId)) ^ ((uint)epoch * 0x9E3779B1));

    private static int Folded(uint hash) => (int)((hash ^ (hash >> 24)) & 0xFFFFFF);
}
