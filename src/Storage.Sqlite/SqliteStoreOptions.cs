using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>Path and settings of a <see cref="SqliteStore"/>.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The database file. A missing directory is created.</summary>
    public required string Path { get; init; }

    /// <summary>Connections for lists, pages and figures; grains use two others. Default 4; 1 to 64.</summary>
    public int ReaderCount { get; init; } = 4;

    /// <summary>How long a statement waits for another program's lock. Default 5 s; 0 to 60 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Page cache of the writer, in KiB. Default 16,384; at least 1,024. With 65,536, row 1 of the benchmark was a fifth slower, probably because a commit
    /// that splits a page looks at every cached page.
    /// </summary>
    public int WriterCacheKiB { get; init; } = 16_384;

    /// <summary>Length of the log, in pages of 4 KiB, at which it restarts. Default 8,000; at least 8.</summary>
    internal int LogPages { get; init; } = 8_000;

    /// <summary>Rows that one page of a list may examine. Default 20,000; at least 1.</summary>
    internal int ExamineMax { get; init; } = 20_000;

    /// <summary>
    /// Ids of events and steps that gather in memory before they move to their index. As many again may be moving. Default 8,192; at least 1.
    /// </summary>
    internal int IdsGatheredMin { get; init; } = 8_192;

    /// <summary>Rows of each table that one transaction of a deletion deletes. Default 500; at least 1.</summary>
    internal int DeletionBatch { get; init; } = 500;

    internal void Validate()
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(Path))
        {
            errors.Add("Path must name a file.");
        }

        Check(ReaderCount is >= 1 and <= 64, $"ReaderCount must be 1 to 64, and was {ReaderCount}.");
        Check(BusyTimeout >= TimeSpan.Zero && BusyTimeout <= TimeSpan.FromSeconds(60), $"BusyTimeout must be 0 to 60 s, and was {BusyTimeout}.");
        Check(WriterCacheKiB >= 1_024, $"WriterCacheKiB must be at least 1024, and was {WriterCacheKiB}.");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors));
        }

        void Check(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }
}
