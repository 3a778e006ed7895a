namespace ExecutionGrains.Storage;

/// <summary>Grain states and reminders of a silo without a cluster, beside the executions.</summary>
public interface IGrainRecords
{
    /// <summary>Null where there is none.</summary>
    Task<(byte[] State, string ETag)?> ReadGrainStateAsync(string grain, string name, CancellationToken cancel);

    /// <summary>Writes where the stored tag is <paramref name="expected"/>; null: where there is no state yet.</summary>
    /// <returns>The new tag; null where somebody else wrote first.</returns>
    Task<string?> WriteGrainStateAsync(string grain, string name, byte[] state, string? expected, CancellationToken cancel);

    /// <summary>Deletes where the stored tag is <paramref name="expected"/>; null: whatever it is. False where nothing was deleted.</summary>
    Task<bool> ClearGrainStateAsync(string grain, string name, string? expected, CancellationToken cancel);

    Task<IReadOnlyList<GrainReminder>> ReadRemindersAsync(CancellationToken cancel);

    Task UpsertReminderAsync(GrainReminder reminder, CancellationToken cancel);

    /// <summary>False where there was none.</summary>
    Task<bool> DeleteReminderAsync(string grain, string name, CancellationToken cancel);
}
