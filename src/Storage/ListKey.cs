namespace ExecutionGrains.Storage;

/// <summary>A place in the list. Newer ones come first; ids compare as the engine compares them.</summary>
internal readonly record struct ListKey(long CreatedAt, string Id) : IComparable<ListKey>
{
    public static readonly ListKey Newest = new(long.MaxValue, string.Empty);

    public int CompareTo(ListKey other) =>
        other.CreatedAt != CreatedAt ? other.CreatedAt.CompareTo(CreatedAt) : string.CompareOrdinal(other.Id, Id);
}
