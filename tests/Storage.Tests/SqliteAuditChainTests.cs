using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Storage.Sqlite.Statements;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

public sealed class SqliteAuditChainTests : AuditChainContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _directory = Directory.CreateTempSubdirectory("audit-tests-").FullName;
    private SqliteStore _store = null!;

    protected override IOperationsStore Operations => _store;

    protected override IAuditStore Store => _store;

    private SqliteStoreOptions Options => new() { Path = Path.Combine(_directory, "db.sqlite") };

    public override async ValueTask InitializeAsync()
    {
        _store = new(Options);
        await _store.MigrateAsync(None);
    }

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task It_is_readable_while_a_silo_has_the_file()
    {
        await Operations.AppendAuditAsync(new(T0, "ann", "cancel", null, null, null), None);
        await using var beside = new SqliteStore(Options);

        await beside.OpenToReadAsync(None);

        Assert.Equal(1, (await beside.TallyAsync(None)).Unsealed);
        await Assert.ThrowsAsync<StoreException>(() => beside.AppendAuditAsync(new(T0, "ann", "cancel", null, null, null), None));
    }

    [Fact]
    public async Task A_file_with_another_schema_or_none_is_not_opened_for_reading()
    {
        await using var none = new SqliteStore(new() { Path = Path.Combine(_directory, "none.sqlite") });
        Assert.Contains(
            "none.sqlite is not there", (await Assert.ThrowsAsync<StoreException>(() => none.OpenToReadAsync(None))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory, "none.sqlite")));
        await ExecuteAsync("delete from schema_version where version > 7");
        await using var old = new SqliteStore(Options);
        Assert.Contains("the file has schema 7", (await Assert.ThrowsAsync<StoreException>(() => old.OpenToReadAsync(None))).Message, StringComparison.Ordinal);
    }

    protected override Task ExecuteAsync(string sql)
    {
        using var session = new Session(Options.Path, "busy_timeout = 5000");
        session.Execute(sql);
        return Task.CompletedTask;
    }

    protected override async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        await InitializeAsync();
    }

    protected override string Blob(byte[] bytes) => $"x'{Convert.ToHexString(bytes)}'";
}
