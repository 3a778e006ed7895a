namespace ExecutionGrains.Storage.Lists;

/// <summary>A position in the list. Newer executions come first. Ids are compared by ordinal, as the databases do.</summary>
internal readonly record struct ListKey(long CreatedAt, string Id) : IComparable<ListKey>
{
    public static readonly ListKey Newest = new(long.MaxValue, string.Empty);

    public int CompareTo(ListKey other) =>
        other.CreatedAt != CreatedAt ? other.CreatedAt.CompareTo(CreatedAt) : string.CompareOrdinal(other.Id, Id);
}
