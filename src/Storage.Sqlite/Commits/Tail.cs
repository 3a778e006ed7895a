using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>The position at which writing an execution continues: its internal number and its newest history and step rows.</summary>
internal sealed class Tail
{
    public required long Number { get; init; }

    /// <summary>The stored revision. 0: there is no row yet.</summary>
    public required long Revision { get; set; }

    public long? LastHistory { get; private set; }

    public long HistorySequence { get; private set; }

    public long? LastStep { get; private set; }

    public long StepSequence { get; private set; }

    public static Tail Read(Row row) => new()
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

    /// <summary>Checks a constraint that the schema cannot express: the rows form a chain, and pages need it without gaps or duplicates.</summary>
    /// <exception cref="SqliteException">The sequence number is not the next one.</exception>
    public static void MustFollow(string what, long sequence, long last)
    {
        if (sequence != last + 1)
        {
            throw new SqliteException($"The {what} with sequence {sequence} does not follow {last}.", raw.SQLITE_CONSTRAINT);
        }
    }
}
