using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>Where the writing of an execution goes on: its number, and the newest rows of its history and of its steps.</summary>
internal sealed class Tail
{
    public required long Number { get; init; }

    /// <summary>As stored; 0: there is no row yet.</summary>
    public required long Revision { get; set; }

    public long? LastHistory { get; private set; }

    public long HistorySequence { get; private set; }

    public long? LastStep { get; private set; }

    public long StepSequence { get; private set; }

    public static Tail Read(Statement row) => new()
    {
        Number = row.Long(0),
        Revision = row.Long(1),
        LastHistory = row.LongOrNull(2),
        HistorySequence = row.Long(3),
        LastStep = row.LongOrNull(4),
        StepSequence = row.Long(5),
    };

    public void AddHistory(long number) => (LastHistory, HistorySequence) = (number, HistorySequence + 1);

    public void AddStep(long number) => (LastStep, StepSequence) = (number, StepSequence + 1);

    /// <summary>A constraint that the schema cannot say: a chain with a gap, or with a row twice, could not be paged.</summary>
    /// <exception cref="SqliteException">The sequence is not the next one.</exception>
    public static void MustFollow(string what, long sequence, long last)
    {
        if (sequence != last + 1)
        {
            throw new SqliteException($"The {what} with sequence {sequence} does not follow {last}.", raw.SQLITE_CONSTRAINT);
        }
    }
}
