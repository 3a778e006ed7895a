using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// A 24-bit hash by which the rows of events and steps are found. It distinguishes nearly all event ids, and nearly all steps, of one execution.
/// </summary>
internal static class RowTag
{
    /// <summary>
    /// Shift of the tag per epoch. Odd, so that an id has a different tag in each of 2^24 epochs. So the unique index on tag and id holds an id once per
    /// epoch.
    /// </summary>
    private const int EpochShift = 0x9E3779;

    public static int Of(EventKey key) => (Folded(StableHash.Of(StoredText.Of(key.EventId))) + ((key.Epoch - 1) * EpochShift)) & 0xFFFFFF;

    /// <returns>Null: the line takes no event id and is found by its sequence number.</returns>
    public static int? Of(Effect.History line) => line is { TakesEventId: true, EventId: { } id } ? Of(new EventKey(line.Epoch, id)) : null;

    public static int Of(int epoch, string stepId) => Folded(StableHash.Of(StoredText.Of(stepId)) ^ ((uint)epoch * 0x9E3779B1));

    private static int Folded(uint hash) => (int)((hash ^ (hash >> 24)) & 0xFFFFFF);
}
