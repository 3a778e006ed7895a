using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite;

/// <content>States of Orleans grains for a single silo: the janitors' records.</content>
public sealed partial class SqliteStore
{
    /// <summary>Reads a grain's state. Null: there is none.</summary>
    public Task<(byte[] State, string ETag)?> ReadGrainStateAsync(string grain, string name, CancellationToken cancel) => GrainReaders.RunAsync(
        "read a grain's state",
        s => s["ReadGrainState"].Text("grain", grain).Text("name", name).One(row => ((byte[], string)?)(row.Blob(0), row.Text(1))),
        cancel);

    /// <summary>Writes a grain's state if the stored tag is <paramref name="expected"/>. Null: if there is no state yet.</summary>
    /// <returns>The new tag. Null: another writer was first.</returns>
    public Task<string?> WriteGrainStateAsync(string grain, string name, byte[] state, string? expected, CancellationToken cancel)
    {
        var tag = Guid.NewGuid().ToString("N");
        return Writer.RunAsync("write a grain's state", s =>
        {
            var written = expected is null
                ? s["InsertGrainState"].Text("grain", grain).Text("name", name).Blob("state", state).Text("etag", tag).Run()
                : s["UpdateGrainState"].Blob("state", state).Text("etag", tag).Text("grain", grain).Text("name", name).Text("expected", expected).Run();
            return written == 1 ? tag : null;
        });
    }

    /// <summary>Deletes a grain's state if the stored tag is <paramref name="expected"/>. Null: any tag. False if nothing was deleted.</summary>
    public Task<bool> ClearGrainStateAsync(string grain, string name, string? expected, CancellationToken cancel) =>
        Writer.RunAsync("clear a grain's state", s => s["ClearGrainState"].Text("grain", grain).Text("name", name).Text("expected", expected).Run() == 1);
}
