using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Storage.Sqlite.Statements;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

public sealed class SqliteDeletionTests : DeletionContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _directory = Directory.CreateTempSubdirectory("deletion-tests-").FullName;
    private SqliteStore _store = null!;

    protected override IExecutionStore Store => _store;

    protected override IExecutionReads Reads => _store;

    protected override IOperationsStore Operations => _store;

    private SqliteStoreOptions Options => new() { Path = Path.Combine(_directory, "db.sqlite"), DeletionBatch = Batch, IdsGatheredMin = 8 };

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
    public async Task The_ids_of_a_deleted_execution_are_in_no_index_when_its_number_is_given_again()
    {
        var state = State("a");
        await Store.CommitAsync([First(state, [.. Enumerable.Range(1, 60).Select(i => History(i, $"e{i}"))])], None);
        await Store.DeleteAsync(new(state, new byte[16], T0, new(T0, "ann", "delete", "a", null, null)), None);
        await ReopenAsync();
        // What was read at the start moves to the index with other commits.
        var other = State("b");
        await Store.CommitAsync([First(other, [.. Enumerable.Range(1, 60).Select(i => History(i, $"e{i}"))])], None);

        await Operations.FinishDeletionsAsync(None);

        await Store.CommitAsync([Next(other, [.. Enumerable.Range(61, 60).Select(i => History(i, $"e{i}"))])], None);
        Assert.Equal(0, await CountAsync("taken_ids where execution not in (select number from executions)"));
    }

    protected override Task<long> CountAsync(string table)
    {
        using var session = new Session(Options.Path, "busy_timeout = 5000");
        return Task.FromResult(session.Filled($"select count(*) from {table}").One(row => row.Long(0)));
    }

    protected override async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        await InitializeAsync();
    }
}
