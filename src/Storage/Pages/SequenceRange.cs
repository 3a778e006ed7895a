namespace ExecutionGrains.Storage.Pages;

/// <summary>The range of sequence numbers that one page of an execution's steps or history examines. Sequence numbers have no gaps.</summary>
/// <param name="Low">Exclusive lower bound.</param>
/// <param name="High">Inclusive upper bound.</param>
internal readonly record struct SequenceRange(long Low, long High)
{
    /// <summary>The range of the page that follows a cursor.</summary>
    /// <param name="from">The sequence number in the cursor. Null: first page.</param>
    /// <param name="most">The most rows to examine, from 1.</param>
    /// <param name="last">The newest sequence number.</param>
    public static SequenceRange Of(long? from, bool newestFirst, long most, long last)
    {
        if (newestFirst)
        {
            var high = Math.Min(from - 1 ?? last, last);
            return new(Math.Max(0, high - most), high);
        }

        var low = from ?? 0;
        return new(low, Math.Min(low + most, Math.Max(low, last)));
    }

    /// <summary>
    /// The highest sequence number to return. Unlimited if rows are read oldest first without a filter: if the first rows were deleted with their day, the
    /// page begins with the first remaining row, however far away it is.
    /// </summary>
    public long Top(bool newestFirst, bool isNarrow) => newestFirst || isNarrow ? High : long.MaxValue;

    /// <summary>The sequence number for the next page's cursor. Null: there are no further rows.</summary>
    public long? Boundary(bool newestFirst, long last) => newestFirst ? (Low > 0 ? Low + 1 : null) : (High < last ? High : null);
}
