using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Sqlite;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

public sealed class SqliteStoreTests : StoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string directory = Directory.CreateTempSubdirectory("storage-tests-").FullName;
    private SqliteStore store = null!;

    protected override IExecutionStore Store => store;

    protected override IExecutionReads Reads => store;

    protected override IOperationsStore Operations => store;

    private SqliteStoreOptions Options => new() { Path = Path.Combine(directory, "db.sqlite") };

    public override async ValueTask InitializeAsync()
    {
        store = new(Options);
        await store.MigrateAsync(None);
    }

    public override async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_second_silo_is_told_who_holds_the_file()
    {
        await using var second = new SqliteStore(Options);
        var e = await Assert.ThrowsAsync<StoreException>(() => second.MigrateAsync(None));
        Assert.Contains($"process {Environment.ProcessId} ", e.Message);
    }

    [Fact]
    public async Task A_reopened_file_has_everything()
    {
        await Commit(First(State("a"), History(1, "e")));
        await store.DisposeAsync();
        await InitializeAsync();
        await store.MigrateAsync(None);
        Assert.NotNull(await store.LoadAsync(new("a"), None));
        Assert.Equal(1, (await store.DescribeAsync(None)).SchemaVersion);
        Assert.IsType<AppendOutcome.Found>(await One(Next(State("a")) with { NewEvents = ["e"] }));
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await store.DisposeAsync();
        await using (var newer = Migrating((2, "create table more (x);")))
        {
            await newer.MigrateAsync(None);
        }

        store = new(Options);
        var e = await Assert.ThrowsAsync<StoreException>(() => store.MigrateAsync(None));
        Assert.Contains("schema 2", e.Message);
    }

    [Fact]
    public async Task A_half_applied_migration_leaves_nothing_and_is_resumed()
    {
        await store.DisposeAsync();
        await using (var broken = Migrating((2, "create table more (x); create table broken (;")))
        {
            await Assert.ThrowsAsync<StoreException>(() => broken.MigrateAsync(None));
        }

        store = Migrating((2, "create table more (x);"));
        await store.MigrateAsync(None);
        Assert.Equal(2, (await store.DescribeAsync(None)).SchemaVersion);
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Every_filter_walks_an_index_without_sorting(ExecutionFilter filter, string index)
    {
        var plan = string.Join('\n', await store.ExplainListAsync(filter));
        Assert.Contains(index, plan);
        Assert.DoesNotContain("TEMP B-TREE", plan);
        Assert.DoesNotContain("SCAN executions\n", plan);
    }

    public static TheoryData<ExecutionFilter, string> Filters => new()
    {
        { new(), "executions_created" },
        { new() { Status = [ExecutionStatus.Lost] }, "executions_status " },
        { new() { Workflow = ["w"] }, "executions_workflow " },
        { new() { Workflow = ["w", "v"], Status = [ExecutionStatus.Lost, ExecutionStatus.Failed] }, "executions_workflow_status" },
        { new() { Namespace = ["n"] }, "executions_namespace " },
        { new() { VisibleNamespaces = ["n"], Status = [ExecutionStatus.Lost] }, "executions_namespace_status" },
        { new() { Cause = [Cause.Timeout] }, "executions_cause " },
        { new() { Cause = [Cause.Timeout], Workflow = ["w"] }, "executions_cause_workflow" },
        { new() { Worker = ["w"] }, "executions_worker " },
        { new() { Worker = ["w"], Status = [ExecutionStatus.Running] }, "executions_worker_status" },
        { new() { TriggeredBy = ["w"] }, "executions_triggered " },
        { new() { Resolution = [Resolution.Failed] }, "executions_resolution" },
        { new() { Late = true }, "executions_late" },
        { new() { Label = [new("a", "b")] }, "execution_labels" },
    };

    [Fact]
    public async Task A_page_that_has_examined_enough_is_short_and_goes_on()
    {
        await Fill();
        await store.DisposeAsync();
        store = new(Options with { ExamineMax = 10 });
        await store.MigrateAsync(None);
        var (ids, cursor, pages) = (new List<string>(), default(string), 0);
        do
        {
            (var items, cursor) = await store.ListAsync(new() { Worker = ["w1", "w2"], Workflow = ["wf1"] }, 50, cursor, None);
            ids.AddRange(items.Select(i => i.Id.Value));
            pages++;
        }
        while (cursor is not null);
        Assert.Equal(["id-57", "id-41", "id-37", "id-21", "id-17", "id-01"], ids);
        Assert.True(pages > 1);
    }

    [Fact]
    public async Task Grain_state_is_guarded_by_its_tag()
    {
        var tag = await store.WriteGrainStateAsync("g", "n", [1], null, None);
        Assert.NotNull(tag);
        Assert.Null(await store.WriteGrainStateAsync("g", "n", [2], null, None));
        Assert.Null(await store.WriteGrainStateAsync("g", "n", [2], "other", None));
        Assert.NotNull(await store.WriteGrainStateAsync("g", "n", [2], tag, None));
        Assert.Equal([2], (await store.ReadGrainStateAsync("g", "n", None))!.Value.State);
        Assert.False(await store.ClearGrainStateAsync("g", "n", tag, None));
        Assert.True(await store.ClearGrainStateAsync("g", "n", null, None));
        Assert.Null(await store.ReadGrainStateAsync("g", "n", None));
    }

    [Fact]
    public async Task Reminders_are_replaced_and_deleted()
    {
        await store.UpsertReminderAsync(new("g", "n", T0, TimeSpan.FromMinutes(1)), None);
        await store.UpsertReminderAsync(new("g", "n", T0, TimeSpan.FromMinutes(2)), None);
        Assert.Equal(new GrainReminder("g", "n", T0, TimeSpan.FromMinutes(2)), Assert.Single(await store.ReadRemindersAsync(None)));
        Assert.True(await store.DeleteReminderAsync("g", "n", None));
        Assert.False(await store.DeleteReminderAsync("g", "n", None));
    }

    private SqliteStore Migrating((int, string) more) => new(Options, null, [.. SqlText.Migrations(), more]);
}
