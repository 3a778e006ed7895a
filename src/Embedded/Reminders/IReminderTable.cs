namespace ExecutionGrains.Embedded;

/// <summary>The durable definitions of reminders: (grain, name, startAt, period). Ticks are not stored.</summary>
public interface IReminderTable
{
    /// <summary>All rows, read once when the silo starts.</summary>
    Task<IReadOnlyList<ReminderRow>> ReadAllAsync(CancellationToken cancellationToken);

    Task<IReadOnlyList<ReminderRow>> ReadAsync(string grain, CancellationToken cancellationToken);

    /// <summary>Inserts the row or replaces the one of the same grain and name.</summary>
    Task UpsertAsync(ReminderRow row, CancellationToken cancellationToken);

    /// <summary>Deletes the row if there is one.</summary>
    Task DeleteAsync(string grain, string name, CancellationToken cancellationToken);
}
