using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Storage.Sqlite.Statements;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

[Collection(nameof(FileSizeLimit))]
public sealed class SqliteStoreTests : StoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string directory = Directory.CreateTempSubdirectory("storage-tests-").FullName;
    private SqliteStore store = null!;

    private static int Latest => SqlText.Migrations()[^1].Version;

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

    private const string BeforeOrders = RevertedMigrations.UntilOrders + "alter table executions drop column duration;";

    protected override async Task MigrateFromBeforeOrdersAsync()
    {
        await store.DisposeAsync();
        using (var file = new Session(Options.Path))
        {
            file.Execute($"{BeforeOrders} delete from schema_version where version > 4;");
        }

        store = new(Options);
        await store.MigrateAsync(None);
    }

    protected override Task ReopenAsync() => ReopenAsync(20_000);

    protected override async Task ReopenAsync(int examineMax)
    {
        await store.DisposeAsync();
        store = new(Options with { ExamineMax = examineMax });
        await store.MigrateAsync(None);
    }

    [Fact]
    public async Task A_file_of_the_earlier_stand_in_runtime_opens_and_keeps_the_janitors_records()
    {
        var path = Path.Combine(directory, "stand-in.sqlite");
        await using (var before = new SqliteStore(new() { Path = path }, null, [.. SqlText.Migrations().Where(m => m.Version < 3)]))
        {
            await before.MigrateAsync(None);
            Assert.NotNull(await before.WriteGrainStateAsync("janitor/janitor/3", "janitor", [7], null, None));
        }

        await using var now = new SqliteStore(new() { Path = path });
        await now.MigrateAsync(None);

        Assert.Equal([7], (await now.ReadGrainStateAsync("janitor/janitor/3", "janitor", None))!.Value.State);
    }

    [Fact]
    public async Task A_key_from_the_schema_without_parents_and_rotations_stays_and_can_be_rotated()
    {
        var path = Path.Combine(directory, "before-keys.sqlite");
        await using (var before = new SqliteStore(new() { Path = path }, null, [.. SqlText.Migrations().Where(m => m.Version < 6)]))
        {
            await before.MigrateAsync(None);
        }

        using (var session = new Session(path))
        {
            session.Execute(
                "insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at) values ('k', 'n', 'admin', '[\"a\"]', x'01', null, 7)");
        }

        await using var now = new SqliteStore(new() { Path = path });
        await now.MigrateAsync(None);

        var key = Assert.Single(await now.KeysAsync(None));
        Assert.Equal(("k", "01", null, null), (key.KeyId, Convert.ToHexString(key.Hash), key.ParentId, key.ReplacedBy));
        Assert.True(await now.RotateKeyAsync("k", [2], T0.AddHours(1), T0, null, None));
        Assert.Empty(await now.SecretsAsync(None));
    }

    [Fact]
    public async Task D36_An_audit_row_from_the_schema_without_callers_stays_and_names_no_key()
    {
        var path = Path.Combine(directory, "before-callers.sqlite");
        await using (var before = new SqliteStore(new() { Path = path }, null, [.. SqlText.Migrations().Where(m => m.Version < 7)]))
        {
            await before.MigrateAsync(None);
        }

        using (var session = new Session(path))
        {
            session.Execute("insert into audit (at, by, action, namespace, reason) values (7, 'ann', 'cancel', 'n', 'why')");
        }

        await using var now = new SqliteStore(new() { Path = path });
        await now.MigrateAsync(None);

        var row = Assert.Single((await now.AuditAsync(AuditFilter.All, 10, null, None)).Items);
        Assert.Equal(new AuditRow(row.At, "ann", "cancel", null, "n", "why"), row);
    }

    [Fact]
    public async Task D37_Figures_of_many_workflows_that_an_earlier_version_stored_as_other_are_those_of_no_workflow()
    {
        var path = Path.Combine(directory, "before-overflow.sqlite");
        await using (var before = new SqliteStore(new() { Path = path }, null, [.. SqlText.Migrations().Where(m => m.Version < 10)]))
        {
            await before.MigrateAsync(None);
        }

        using (var session = new Session(path))
        {
            session.Execute(
                """
                insert into stat_workflows values ('m' || char(31) || 'other');
                insert into live_counts (workflow, namespace, status, count) values ('other', 'm', 'running', 1), ('other', 'n', 'running', 2);
                insert into stats (span, workflow, at, namespace, kind, word, count) values
                    (60, 'other', 0, 'm', 'status', 'failed', 3), (60, 'other', 0, 'n', 'status', 'failed', 4);
                """);
        }

        await using var now = new SqliteStore(new() { Path = path });
        await now.MigrateAsync(None);

        await OverflowIsApart(now);
    }

    [Fact]
    public async Task D30_Every_file_of_the_store_is_accessible_to_its_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await Commit(First(State("a")));
        string[] files = [.. Directory.GetFiles(directory)];
        Assert.Equal(["db.sqlite", "db.sqlite-shm", "db.sqlite-wal", "db.sqlite.holder", "db.sqlite.lock"],
            files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
#pragma warning disable CA1416 // Skipped on Windows.
        Assert.All(files, file => Assert.Equal((file, OwnerOnly.FileRights), (file, File.GetUnixFileMode(file))));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task D30_No_file_of_the_store_contains_an_erased_setting()
    {
        var secret = System.Text.Encoding.ASCII.GetBytes("what-nobody-may-read-any-more");
        await store.WriteSettingAsync("s", secret, None);
        await store.DisposeAsync();
        store = new(Options);
        await store.MigrateAsync(None);
        Assert.Contains(Files(), Holds);

        await store.EraseSettingsAsync(["s"], None);

        Assert.DoesNotContain(Files(), Holds);
        await store.DisposeAsync();
        Assert.DoesNotContain(Files(), Holds);

        string[] Files() => [.. Directory.GetFiles(directory).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal))];

        bool Holds(string file)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray().AsSpan().IndexOf(secret) >= 0;
        }
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
    public async Task S49_A_second_silo_is_refused_with_the_process_that_has_the_file()
    {
        await using var second = new SqliteStore(Options);
        var e = await Assert.ThrowsAsync<StoreException>(() => second.MigrateAsync(None));
        Assert.Contains($"is held by process {Environment.ProcessId} on {Environment.MachineName} since 20", e.Message);
        Assert.True(e.Transient);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_written_is_not_reported_as_held()
    {
        Directory.CreateDirectory(Path.Combine(directory, "barred.sqlite.lock"));
        var e = await Unopened("barred.sqlite");
        Assert.Contains("barred.sqlite.lock may not be written by ", e.Message);
        Assert.False(e.Transient);
    }

    [Fact]
    public async Task The_log_restarts_under_any_number_of_commits()
    {
        await using var small = await SmallLogAsync();
        var last = await CommitManyAsync(small, "a");
        Assert.InRange(LogPages(), 1, SmallLogPagesMax);
        Assert.Equal(last.Revision, (await small.LoadAsync(last.Id, None))!.Revision);
        Assert.Equal("ok", await small.IntegrityAsync());
    }

    [Fact]
    public async Task The_log_grows_during_a_read_and_restarts_after_it()
    {
        await using var small = await SmallLogAsync();
        using (var reader = new Session(Path.Combine(directory, "small.sqlite")))
        {
            reader.Control("begin");
            Assert.Equal(0, reader.Filled("select count(*) from executions").One(row => row.Long(0)));
            await CommitManyAsync(small, "a");
            Assert.Equal(0, reader.Filled("select count(*) from executions").One(row => row.Long(0)));
            reader.Control("rollback");
        }

        var grown = LogPages();
        Assert.InRange(grown, 2 * SmallLogPagesMax, int.MaxValue);
        await CommitManyAsync(small, "b");
        Assert.InRange(LogPages(), grown, grown + SmallLogPagesMax);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_created_is_not_reported_as_held()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "file"), string.Empty, None);
        var e = await Unopened(Path.Combine("file", "below", "db.sqlite"));
        Assert.Contains("db.sqlite.lock: ", e.Message);
        Assert.DoesNotContain("held", e.Message);
    }

    [Fact]
    public async Task A_full_disk_is_not_reported_as_held_and_leaves_no_lock()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        File.CreateSymbolicLink(Path.Combine(directory, "full.sqlite.holder"), "/dev/full");
        Assert.Contains("full.sqlite.holder: No space left", (await Unopened("full.sqlite")).Message);
        File.Delete(Path.Combine(directory, "full.sqlite.holder"));
        await using var again = new SqliteStore(new() { Path = Path.Combine(directory, "full.sqlite") });
        await again.MigrateAsync(None);
    }

    [Fact]
    public async Task A_bug_in_one_append_fails_only_that_append()
    {
        var bug = First(State("b"), new Effect.Step(Step("s", 1) with { Status = (StepStatus)99 }, IsNew: true));
        var outcomes = await Store.CommitAsync([First(State("a")), bug, First(State("c"))], None);
        Assert.IsType<AppendOutcome.Committed>(outcomes[0]);
        Assert.Contains("KeyNotFoundException", Assert.IsType<AppendOutcome.Unavailable>(outcomes[1]).Reason);
        Assert.IsType<AppendOutcome.Committed>(outcomes[2]);
        Assert.Null(await store.LoadAsync(new("b"), None));
    }

    [Fact]
    public async Task A_full_file_is_reported_stays_intact_and_continues_when_there_is_space()
    {
        await Commit(First(State("before")));
        await store.PragmaAsync($"max_page_count = {await store.PragmaAsync("page_count") + 20}");
        var kept = await FillUp();
        Assert.Equal(1, await store.PragmaAsync("max_page_count = 1000000") / 1_000_000);
        await AssertIntact(kept);
    }

    [Fact]
    public async Task A_failing_write_is_reported_and_the_file_stays_intact_and_continues_when_the_disk_recovers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on a file's size is set as Linux does it.");
        await Commit(First(State("before")));
        List<string> kept;
        using (new FileSizeLimit(new FileInfo(Options.Path + "-wal").Length + 100_000))
        {
            kept = await FillUp();
        }

        await AssertIntact(kept);
    }

    [Fact]
    public async Task The_size_includes_the_pages_and_the_log()
    {
        await Fill();
        await store.PragmaAsync("wal_checkpoint(truncate)");
        var pages = await store.PragmaAsync("page_count") * await store.PragmaAsync("page_size");
        Assert.Equal(pages, (await store.DescribeAsync(None)).SizeBytes);
        await Commit(First(State("more")));
        var frames = (await store.DescribeAsync(None)).SizeBytes - pages - 32;
        Assert.Equal((0L, true), (frames % (4_096 + 24), frames > 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task A_taken_id_is_found_wherever_it_is_stored_even_after_a_reopen(int gatheredMin)
    {
        const int executions = 5;
        const int rounds = 12;
        var states = Enumerable.Range(0, executions).Select(i => State($"e{i}")).ToArray();
        await OpenAsync(gatheredMin);
        await Store.CommitAsync([.. states.Select(state => First(state))], None);
        for (var round = 1; round <= rounds; round++)
        {
            var bad = Next(states[0], Events(round), History(round, "again"));
            Assert.IsType<AppendOutcome.Refused>(Assert.Single(await Store.CommitAsync([bad], None)));
            var appends = states.Select(
                state => Next(state, Events(round), new Effect.Step(Step($"s{round}", round), true)) with
                {
                    NewEvents = [new(1, $"id{round}")],
                    NewSteps = [new(1, $"s{round}")],
                });
            Assert.All(await Store.CommitAsync([.. appends], None), o => Assert.IsType<AppendOutcome.Committed>(o));
            states = [.. states.Select(state => state with { Revision = state.Revision + 1 })];
            if (round % 4 == 0)
            {
                await OpenAsync(gatheredMin);
            }

            foreach (var state in states)
            {
                await AssertAllTaken(state, round);
            }
        }

        static Effect.History Events(int round) => History(round, $"id{round}");
    }

    [Fact]
    public async Task An_id_with_invalid_unicode_is_taken_in_its_stored_form()
    {
        var state = State("a");
        await Commit(First(state, History(1, "e\ud800")));
        foreach (var again in new[] { "e\ud800", "e\udfff", "e\ufffd" })
        {
            Assert.Single(Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(state, History(2, again)) with { NewEvents = [new(1, again)] })).Events);
            Assert.IsType<AppendOutcome.Refused>(await One(Next(state, History(2, again))));
        }
    }

    [Fact]
    public async Task A_reopened_file_has_everything()
    {
        await Commit(First(State("a"), History(1, "e")));
        await store.DisposeAsync();
        await InitializeAsync();
        await store.MigrateAsync(None);
        Assert.NotNull(await store.LoadAsync(new("a"), None));
        Assert.Equal(Latest, (await store.DescribeAsync(None)).SchemaVersion);
        Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(State("a")) with { NewEvents = [new(1, "e")] }));
    }

    [Fact]
    public async Task S49_Taken_ids_of_a_file_with_the_first_schema_stay_taken()
    {
        var state = State("e0");
        await Commit(First(state));
        for (var round = 1; round <= 3; round++)
        {
            await Commit(Next(state, History(round, $"id{round}"), new Effect.Step(Step($"s{round}", round), true)));
            state = state with { Revision = state.Revision + 1 };
        }

        await Commit(Next(state, History(4, "later") with { Epoch = 2 }));
        state = state with { Revision = state.Revision + 1 };
        await store.DisposeAsync();
        using (var file = new Session(Options.Path))
        {
            file.Execute(
                """
                alter table evidence drop column epoch;
                create unique index history_event on history (execution, event_id) where takes_event_id = 1;
                create unique index steps_step on steps (execution, epoch, step_id);
                drop table taken_ids;
                drop table taken_ids_end;
                create table reminders (grain text, name text);
                delete from schema_version where version > 1;
                """ + BeforeOrders);
        }

        store = new(Options);
        await store.MigrateAsync(None);

        await AssertAllTaken(state, 3);
        var found = Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(state) with { NewEvents = [new(1, "later"), new(2, "later")] }));
        Assert.Equal(2, Assert.Single(found.Events).Epoch);
    }

    private async Task OpenAsync(int gatheredMin)
    {
        await store.DisposeAsync();
        store = new(Options with { IdsGatheredMin = gatheredMin });
        await store.MigrateAsync(None);
    }

    /// <summary>The ids of all rounds so far are taken, and those of the next are not, both for a query and for a commit without one.</summary>
    private async Task AssertAllTaken(ExecutionState state, int rounds)
    {
        var asked = Next(state) with
        {
            NewEvents = [.. Enumerable.Range(1, rounds + 1).Select(i => new EventKey(1, $"id{i}"))],
            NewSteps = [.. Enumerable.Range(1, rounds + 1).Select(i => new StepKey(1, $"s{i}"))],
        };
        var found = Assert.IsType<AppendOutcome.IdsTaken>(await One(asked));
        Assert.Equal(Enumerable.Range(1, rounds).Select(i => $"id{i}"), found.Events.Select(e => e.EventId));
        Assert.Equal(Enumerable.Range(1, rounds).Select(i => $"s{i}"), found.Steps.Select(s => s.StepId));
        Assert.IsType<AppendOutcome.Refused>(await One(Next(state, History(rounds + 1, "id1"))));
        Assert.IsType<AppendOutcome.Refused>(await One(Next(state, new Effect.Step(Step("s1", rounds + 1), true))));
    }

    [Fact]
    public async Task S49_A_newer_schema_is_refused()
    {
        await store.DisposeAsync();
        await using (var newer = Migrating(new(Latest + 1, "create table more (x);")))
        {
            await newer.MigrateAsync(None);
        }

        store = new(Options);
        var e = await Assert.ThrowsAsync<StoreException>(() => store.MigrateAsync(None));
        Assert.Contains($"schema {Latest + 1}", e.Message);
    }

    [Fact]
    public async Task S49_A_half_applied_migration_leaves_nothing_and_is_resumed()
    {
        await store.DisposeAsync();
        await using (var broken = Migrating(new(Latest + 1, "create table more (x); create table broken (;")))
        {
            await Assert.ThrowsAsync<StoreException>(() => broken.MigrateAsync(None));
        }

        store = Migrating(new(Latest + 1, "create table more (x);"));
        await store.MigrateAsync(None);
        Assert.Equal(Latest + 1, (await store.DescribeAsync(None)).SchemaVersion);
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
        { new() { Namespace = ["n"], Workflow = ["w"] }, "executions_namespace_workflow" },
        { new() { Label = [new("a", "b")], Status = [ExecutionStatus.Lost] }, "execution_labels USING PRIMARY KEY (key=? AND value=? AND facet=? AND " },
        { new() { Cause = [Cause.Timeout], Status = [ExecutionStatus.Lost] }, "executions_cause_status" },
        { new() { Worker = ["w"], Workflow = ["f"] }, "executions_worker_workflow" },
        { new() { Worker = ["w"], Namespace = ["n"], StartedAfter = T0 }, "executions_worker_namespace" },
        { new() { TriggeredBy = ["w"], Workflow = ["f"] }, "executions_triggered_workflow" },
        { new() { Resolution = [Resolution.Failed], Namespace = ["n"] }, "executions_resolution_namespace" },
        { new() { Late = true, Workflow = ["w"] }, "executions_late_workflow" },
        { new() { Sort = ListSort.Started }, "COVERING INDEX executions_by_start (started_at>" },
        { new() { Sort = ListSort.Ended, HasLabel = ["k"] }, "COVERING INDEX executions_by_end " },
        { new() { Sort = ListSort.Ended, EndedAfter = T0 }, "COVERING INDEX executions_by_end (ended_at>? AND " },
        { new() { Sort = ListSort.Duration, DurationMin = TimeSpan.FromSeconds(1) }, "COVERING INDEX executions_by_duration (duration>? AND " },
        { new() { EpochStatus = [ExecutionStatus.Lost] }, "executions_status " },
        { new() { EpochStatus = [ExecutionStatus.Lost] }, "execution_labels USING PRIMARY KEY (key=? AND value=? AND facet=? AND " },
        { new() { EpochCause = [Cause.Timeout], Workflow = ["w"] }, "executions_cause_workflow" },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task D22_A_small_range_is_read_by_its_own_index(ExecutionFilter filter, string index)
    {
        await Fill();
        Assert.Contains($"INDEX {index} ", string.Join('\n', await store.ExplainListAsync(filter)));
    }

    public static TheoryData<ExecutionFilter, string> Ranges => new()
    {
        { new() { EndedAfter = T0 }, "executions_by_end" },
        { new() { DurationMin = TimeSpan.FromSeconds(1) }, "executions_by_duration" },
        { new() { EpochEndedBefore = T0 }, "executions_closed" },
        { new() { Sort = ListSort.Started, Worker = ["w1"] }, "executions_worker" },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public async Task A_time_is_checked_in_the_index_alone(ExecutionFilter filter, string index)
    {
        var plan = string.Join('\n', await store.ExplainListAsync(filter));
        Assert.Contains($"USING COVERING INDEX {index} ", plan);
    }

    public static TheoryData<ExecutionFilter, string> Times => new()
    {
        { new() { StartedAfter = T0 }, "executions_created" },
        { new() { StartedBefore = T0 }, "executions_created" },
        { new() { StartedAfter = T0, Status = [ExecutionStatus.Lost] }, "executions_status" },
        { new() { StartedAfter = T0, Workflow = ["w"] }, "executions_workflow" },
        { new() { StartedAfter = T0, Namespace = ["n"] }, "executions_namespace" },
        { new() { StartedAfter = T0, Namespace = ["n"], Status = [ExecutionStatus.Lost] }, "executions_namespace_status" },
        { new() { StartedAfter = T0, Worker = ["w"] }, "executions_worker" },
        { new() { StartedAfter = T0, Late = true }, "executions_late" },
    };

    [Fact]
    public async Task A_page_that_has_examined_its_limit_is_short_and_has_a_cursor()
    {
        await Fill();
        await ReopenAsync(5);
        var (ids, cursor, pages) = (new List<string>(), default(string), 0);
        do
        {
            (var items, cursor) = await store.ListAsync(new() { Worker = ["w1", "w2"], Workflow = ["wf1"], Namespace = ["n1"] }, 50, cursor, None);
            ids.AddRange(items.Select(i => i.Id.Value));
            pages++;
        }
        while (cursor is not null);
        Assert.Equal(["id-57", "id-41", "id-37", "id-21", "id-17", "id-01"], ids);
        Assert.True(pages > 1);
    }

    /// <summary>Commits until a commit fails with a transient error; returns what was committed.</summary>
    private async Task<List<string>> FillUp()
    {
        var kept = new List<string>();
        while (true)
        {
            Assert.True(kept.Count < 10_000);
            var id = $"fill-{kept.Count}";
            try
            {
                await Commit(First(State(id), new Effect.FinalPayload(1, new byte[20_000], null)));
                kept.Add(id);
            }
            catch (StoreException e)
            {
                Assert.Equal((true, false), (e.Transient, e.Uncertain));
                Assert.Null(await store.LoadAsync(new(id), None));
                return kept;
            }
        }
    }

    /// <summary>The log restarts after 100 pages, the writer waits for that at 400, and the last transaction is added.</summary>
    private const int SmallLogPagesMax = 500;

    private async Task<SqliteStore> SmallLogAsync()
    {
        var small = new SqliteStore(new() { Path = Path.Combine(directory, "small.sqlite"), LogPages = 100 });
        await small.MigrateAsync(None);
        return small;
    }

    /// <summary>Each takes a page or more of the log.</summary>
    private static async Task<ExecutionState> CommitManyAsync(SqliteStore store, string id)
    {
        var state = State(id);
        await store.CommitAsync([First(state)], None);
        for (var i = 1; i <= 1_500; i++)
        {
            var next = Next(state, History(i));
            Assert.IsType<AppendOutcome.Committed>(Assert.Single(await store.CommitAsync([next], None)));
            state = next.State;
        }

        return state;
    }

    private int LogPages() => (int)(new FileInfo(Path.Combine(directory, "small.sqlite-wal")).Length / 4_096);

    private async Task AssertIntact(List<string> kept)
    {
        await Commit(First(State("afterwards"), new Effect.FinalPayload(1, new byte[200_000], null)));
        foreach (var id in (string[])["before", .. kept, "afterwards"])
        {
            Assert.NotNull(await store.LoadAsync(new(id), None));
        }

        Assert.Equal("ok", await store.IntegrityAsync());
    }

    private async Task<StoreException> Unopened(string path)
    {
        await using var other = new SqliteStore(new() { Path = Path.Combine(directory, path) });
        return await Assert.ThrowsAsync<StoreException>(() => other.MigrateAsync(None));
    }

    private SqliteStore Migrating(Migration more) => new(Options, null, [.. SqlText.Migrations(), more]);
}
