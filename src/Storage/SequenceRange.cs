namespace ExecutionGrains.Storage;

/// <summary>The sequences that one page of an execution's steps or history looks at; they have no gaps.</summary>
/// <param name="Low">Above it.</param>
/// <param name="High">Up to it.</param>
internal readonly record struct SequenceRange(long Low, long High)
{
    /// <summary>Of the page behind a cursor.</summary>
    /// <param name="from">Where the page before ended; null: there was none.</param>
    /// <param name="most">How many it may look at, from 1.</param>
    /// <param name="last">The newest sequence.</param>
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
    /// The highest sequence to give. Where nothing is filtered, and the first rows are gone with their day, a page begins with the first that is left, however
    /// far that is.
    /// </summary>
    public long Top(bool newestFirst, bool isNarrow) => newestFirst || isNarrow ? High : long.MaxValue;

    /// <summary>The last sequence looked at, where there are further ones behind it; null: there are none.</summary>
    public long? Boundary(bool newestFirst, long last) => newestFirst ? (Low > 0 ? Low + 1 : null) : (High < last ? High : null);
}
