namespace ExecutionGrains.Storage.Postgres;

/// <summary>Grain states and reminders of a silo without a cluster.</summary>
public sealed partial class PostgresStore
{
    /// <summary>Null where there is none.</summary>
    public Task<(byte[] State, string ETag)?> ReadGrainStateAsync(string grain, string name, CancellationToken cancel) => OneAsync(
        "read a grain's state", "grain-state-read", row => ((byte[], string)?)(row.Blob(0), row.Text(1)), cancel, grain, name);

    /// <summary>Writes where the stored tag is <paramref name="expected"/>; null: where there is no state yet.</summary>
    /// <returns>The new tag; null where somebody else wrote first.</returns>
    public async Task<string?> WriteGrainStateAsync(string grain, string name, byte[] state, string? expected, CancellationToken cancel)
    {
        var tag = Guid.NewGuid().ToString("N");
        var written = expected is null
            ? await ChangeAsync("write a grain's state", "grain-state-insert", cancel, grain, name, state, tag).ConfigureAwait(false)
            : await ChangeAsync("write a grain's state", "grain-state-update", cancel, state, tag, grain, name, expected).ConfigureAwait(false);
        return written == 1 ? tag : null;
    }

    /// <summary>Deletes where the stored tag is <paramref name="expected"/>; null: whatever it is. False where nothing was deleted.</summary>
    public async Task<bool> ClearGrainStateAsync(string grain, string name, string? expected, CancellationToken cancel) =>
        await ChangeAsync("clear a grain's state", "grain-state-clear", cancel, grain, name, expected).ConfigureAwait(false) == 1;

    public async Task<IReadOnlyList<GrainReminder>> ReadRemindersAsync(CancellationToken cancel) => await AllAsync(
        "list the reminders",
        "reminders-list",
        row => new GrainReminder(row.Text(0), row.Text(1), row.Time(2), TimeSpan.FromMicroseconds(row.Long(3))),
        cancel).ConfigureAwait(false);

    public Task UpsertReminderAsync(GrainReminder reminder, CancellationToken cancel) => ChangeAsync(
        "write a reminder", "reminder-upsert", cancel, reminder.Grain, reminder.Name, Micros.From(reminder.StartAt), reminder.Period.Ticks / 10);

    /// <summary>False where there was none.</summary>
    public async Task<bool> DeleteReminderAsync(string grain, string name, CancellationToken cancel) =>
        await ChangeAsync("delete a reminder", "reminder-delete", cancel, grain, name).ConfigureAwait(false) == 1;
}
