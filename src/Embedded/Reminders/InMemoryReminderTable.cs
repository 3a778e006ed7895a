using System.Collections.Concurrent;

namespace ExecutionGrains.Embedded;

/// <summary>Lives as long as its process: for tests and for hosts without a database.</summary>
public sealed class InMemoryReminderTable : IReminderTable
{
    private readonly ConcurrentDictionary<(string Grain, string Name), ReminderRow> _rows = new();

    public Task<IReadOnlyList<ReminderRow>> ReadAllAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReminderRow>>([.. _rows.Values]);

    public Task<IReadOnlyList<ReminderRow>> ReadAsync(string grain, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReminderRow>>([.. _rows.Values.Where(row => row.Grain == grain)]);

    public Task UpsertAsync(ReminderRow row, CancellationToken cancellationToken)
    {
        _rows[(row.Grain, row.Name)] = row;
        return Task.CompletedTask;
    }

    public Task DeleteAsync(string grain, string name, CancellationToken cancellationToken)
    {
        _rows.TryRemove((grain, name), out _);
        return Task.CompletedTask;
    }
}
