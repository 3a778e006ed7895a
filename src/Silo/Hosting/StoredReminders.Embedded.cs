using ExecutionGrains.Embedded;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Reminders of the embedded runtime, in the silo's store.</summary>
public sealed class StoredReminders(IGrainRecords store) : IReminderTable
{
    public async Task<IReadOnlyList<ReminderRow>> ReadAllAsync(CancellationToken cancellationToken) =>
        [.. (await store.ReadRemindersAsync(cancellationToken).ConfigureAwait(false)).Select(r => new ReminderRow(r.Grain, r.Name, r.StartAt, r.Period))];

    public async Task<IReadOnlyList<ReminderRow>> ReadAsync(string grain, CancellationToken cancellationToken) =>
        [.. (await ReadAllAsync(cancellationToken).ConfigureAwait(false)).Where(r => r.Grain == grain)];

    public Task UpsertAsync(ReminderRow row, CancellationToken cancellationToken) =>
        store.UpsertReminderAsync(new Storage.GrainReminder(row.Grain, row.Name, row.StartAt, row.Period), cancellationToken);

    public Task DeleteAsync(string grain, string name, CancellationToken cancellationToken) =>
        store.DeleteReminderAsync(grain, name, cancellationToken);
}
