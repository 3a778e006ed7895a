namespace ExecutionGrains.Storage.Sqlite;

/// <content>Grain states of a single silo: the janitors' records.</content>
public sealed partial class SqliteStore
{
    /// <summary>Null where there is none.</summary>
    public Task<(byte[] State, string ETag)?> ReadGrainStateAsync(string grain, string name, CancellationToken cancel) => GrainReaders.RunAsync(
        "read a grain's state",
        s => s["grain-state-read"].Text(grain).Text(name).One(row => ((byte[], string)?)(row.Blob(0), row.Text(1))),
        cancel);

    /// <summary>Writes where the stored tag is <paramref name="expected"/>; null: where there is no state yet.</summary>
    /// <returns>The new tag; null where somebody else wrote first.</returns>
    public Task<string?> WriteGrainStateAsync(string grain, string name, byte[] state, string? expected, CancellationToken cancel)
    {
        var tag = Guid.NewGuid().ToString("N");
        return Writer.RunAsync("write a grain's state", s =>
        {
            var written = expected is null
                ? s["grain-state-insert"].Text(grain).Text(name).Blob(state).Text(tag).Run()
                : s["grain-state-update"].Blob(state).Text(tag).Text(grain).Text(name).Text(expected).Run();
            return written == 1 ? tag : null;
        });
    }

    /// <summary>Deletes where the stored tag is <paramref name="expected"/>; null: whatever it is. False where nothing was deleted.</summary>
    public Task<bool> ClearGrainStateAsync(string grain, string name, string? expected, CancellationToken cancel) =>
        Writer.RunAsync("clear a grain's state", s => s["grain-state-clear"].Text(grain).Text(name).Text(expected).Run() == 1);
}
