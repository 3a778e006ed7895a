using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Postgres.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Testing;
using Npgsql;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Runs on a server that does not flush to disk, because nothing here is about durability.</summary>
public sealed class PostgresStoreTests : StoreContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private PostgresServer server = null!;
    private string database = null!;
    private PostgresStore store = null!;

    protected override IExecutionStore Store => store;

    protected override IExecutionReads Reads => store;

    protected override IOperationsStore Operations => store;

    private static int Latest => SqlText.Migrations()[^1].Version;

    /// <summary>Pooled like a silo's connections: these tests read thousands of pages, and starting a backend takes longer than a page.</summary>
    private PostgresStoreOptions Options => new() { ConnectionString = $"{database};Pooling=true" };

    public override async ValueTask InitializeAsync()
    {
        server = await PostgresServer.SharedAsync();
        database = await server.DatabaseAsync("migrated", MigrateAsync);
        store = new(Options);
        await store.MigrateAsync(None);
    }

    public override async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await server.DropAsync(database);
    }

    [Fact]
    public async Task Hanging_figures_leave_connections_for_grains()
    {
        await using var blocking = new NpgsqlConnection(database);
        await blocking.OpenAsync(None);
        await using var transaction = await blocking.BeginTransactionAsync(None);
        await using (var command = new NpgsqlCommand("lock table live_counts in access exclusive mode", blocking))
        {
            await command.ExecuteNonQueryAsync(None);
        }

        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        var asked = Enumerable.Range(0, 20).Select(_ => store.FiguresAsync(now.AddHours(-1), now, null, null, None)).ToArray();
        await using (var waiting = new NpgsqlConnection(database))
        {
            await waiting.OpenAsync(None);
            await using var count = new NpgsqlCommand("select count(*) from pg_locks where relation = 'live_counts'::regclass and not granted", waiting);
            while ((long)(await count.ExecuteScalarAsync(None))! < 4)
            {
                // Waits until as many are blocked as ever will be.
                await Task.Yield();
            }
        }

        Assert.Null(await store.LoadAsync(new("unknown"), None).WaitAsync(TimeSpan.FromSeconds(20), None));
        Assert.DoesNotContain(asked, figures => figures.IsCompleted);
        await transaction.RollbackAsync(None);
        Assert.Equal(20, (await Task.WhenAll(asked)).Length);
    }

    [Fact]
    public async Task Heartbeats_may_be_read_before_the_migration()
    {
        await Operations.AliveAsync("one", T0, TimeSpan.FromSeconds(6), None);
        await using var onlooker = new PostgresStore(Options);
        Assert.Equal(["one"], (await onlooker.SignsOfLifeAsync(None)).Keys);

        var empty = await server.DatabaseAsync();
        await using var first = new PostgresStore(new() { ConnectionString = empty });
        Assert.Empty(await first.SignsOfLifeAsync(None));
        await server.DropAsync(empty);
    }

    [Fact]
    public async Task A_label_of_the_previous_schema_is_found_after_the_migration_and_labels_are_written()
    {
        var old = await server.DatabaseAsync();
        await using (var before = new PostgresStore(new() { ConnectionString = old }, null, [.. SqlText.Migrations().Where(m => m.Version < 4)]))
        {
            await before.MigrateAsync(None);
        }

        var name = new string('w', 256);
        await using var connection = new NpgsqlConnection(old);
        await connection.OpenAsync(None);
        await using (var rows = new NpgsqlCommand(
            $"insert into execution_labels values ('k', 'v', 'workflow={name}', 1, 'a'), ('k', 'v', 'workflow=w', 1, 'a'), ('k', 'v', '', 1, 'a')", connection))
        {
            await rows.ExecuteNonQueryAsync(None);
        }

        await using var now = new PostgresStore(new() { ConnectionString = old });
        await now.MigrateAsync(None);

        await using (var facets = new NpgsqlCommand("select array_agg(facet order by facet) from execution_labels", connection))
        {
            Assert.Equal([string.Empty, ListIndex.Facet("workflow", name), "workflow=w"], (string[])(await facets.ExecuteScalarAsync(None))!);
        }

        var labelled = State("b", name);
        labelled = labelled with { Facts = labelled.Facts with { Labels = new() { ["k"] = "v" } } };
        Assert.IsType<AppendOutcome.Committed>(Assert.Single(await now.CommitAsync([First(labelled)], None)));
        Assert.Equal("b", Assert.Single((await now.ListAsync(new() { Workflow = [name], Label = [new("k", "v")] }, 10, null, None)).Items).Id.Value);
        await now.DisposeAsync();
        await server.DropAsync(old);
    }

    [Fact]
    public async Task A_key_from_the_schema_without_parents_and_rotations_stays_and_can_be_rotated()
    {
        var old = await server.DatabaseAsync();
        await using (var before = new PostgresStore(new() { ConnectionString = old }, null, [.. SqlText.Migrations().Where(m => m.Version < 9)]))
        {
            await before.MigrateAsync(None);
        }

        await using (var connection = new NpgsqlConnection(old))
        {
            await connection.OpenAsync(None);
            await using var row = new NpgsqlCommand(
                "insert into api_keys (key_id, name, role, namespaces, hash, claims, created_at) "
                + "values ('k', 'n', 'admin', '[\"a\"]', '\\x01', null, 7)", connection);
            await row.ExecuteNonQueryAsync(None);
        }

        await using (var now = new PostgresStore(new() { ConnectionString = old }))
        {
            await now.MigrateAsync(None);
            var key = Assert.Single(await now.KeysAsync(None));
            Assert.Equal(("k", "01", null, null), (key.KeyId, Convert.ToHexString(key.Hash), key.ParentId, key.ReplacedBy));
            Assert.True(await now.RotateKeyAsync("k", [2], T0.AddHours(1), T0, null, None));
            Assert.Empty(await now.SecretsAsync(None));
        }

        await server.DropAsync(old);
    }

    [Fact]
    public async Task D37_Figures_of_many_workflows_that_an_earlier_version_stored_as_other_are_those_of_no_workflow()
    {
        var old = await server.DatabaseAsync();
        await using (var before = new PostgresStore(new() { ConnectionString = old }, null, [.. SqlText.Migrations().Where(m => m.Version < 13)]))
        {
            await before.MigrateAsync(None);
        }

        await using (var connection = new NpgsqlConnection(old))
        {
            await connection.OpenAsync(None);
            await using var rows = new NpgsqlCommand(
                """
                insert into stat_workflows values ('m' || chr(31) || 'other');
                insert into live_counts (workflow, namespace, status, shard, count) values ('other', 'm', 'running', 0, 1), ('other', 'n', 'running', 0, 2);
                insert into stats (span, workflow, at, namespace, kind, word, shard, count) values
                    (60, 'other', 0, 'm', 'status', 'failed', 0, 3), (60, 'other', 0, 'n', 'status', 'failed', 0, 4);
                """,
                connection);
            await rows.ExecuteNonQueryAsync(None);
        }

        await using (var now = new PostgresStore(new() { ConnectionString = old }))
        {
            await now.MigrateAsync(None);
            await OverflowIsApart(now);
        }

        await server.DropAsync(old);
    }

    [Fact]
    public async Task A_plan_from_an_almost_empty_table_still_reads_only_its_own_rows_in_a_full_one()
    {
        const int many = 400;
        const int changes = 40;
        var small = await server.DatabaseAsync();
        await using var connection = new NpgsqlConnection(small);
        await connection.OpenAsync(None);
        await using (var planned = new PostgresStore(new() { ConnectionString = small, WriterCount = 1 }))
        {
            await planned.MigrateAsync(None);
            await planned.CommitAsync([First(State("one"), new Effect.Step(Step("s", 1), IsNew: true))], None);
            await using (var analyze = new NpgsqlCommand("analyze executions, steps", connection))
            {
                await analyze.ExecuteNonQueryAsync(None);
            }

            // A statement is prepared, and its plan kept, from its second use on.
            for (var i = 0; i < 3; i++)
            {
                await ChangeAsync("one", i);
                Assert.NotNull(await planned.LoadAsync(new("one"), None));
            }

            await planned.CommitAsync([.. Enumerable.Range(0, many).Select(i => First(State($"{i}"), new Effect.Step(Step("s", 1), IsNew: true)))], None);
            for (var i = 0; i < changes; i++)
            {
                await ChangeAsync($"{i}");
            }

            async Task ChangeAsync(string id, int before = 0) => Assert.Equal(
                [AppendOutcome.Committed.Instance],
                await planned.CommitAsync([Next(State(id) with { Revision = 1 + before }, new Effect.Step(Step("s", 1), IsNew: false))], None));
        }

        // A backend reports its statistics when it ends.
        await using var others = new NpgsqlCommand(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await others.ExecuteScalarAsync(patience.Token) is not 0L)
        {
        }

        await using (var read = new NpgsqlCommand(
            "select sum(idx_tup_fetch)::bigint from pg_stat_user_tables where relname ~ '^(executions|steps_[0-9]+)$'", connection))
        {
            Assert.InRange((long)(await read.ExecuteScalarAsync(None))!, changes * 2, 4 * (many + changes));
        }

        // A migration queries other indexes, and finds nothing.
        await using (var scanned = new NpgsqlCommand(
            "select array_agg(indexrelname::text order by indexrelname) from pg_stat_user_indexes "
            + "where relname ~ '^(executions|steps_[0-9]+)$' and idx_tup_read > 0", connection))
        {
            Assert.Equal(["executions_pkey", "steps_20260301_step"], (string[])(await scanned.ExecuteScalarAsync(None))!);
        }

        await server.DropAsync(small);
    }

    [Fact]
    public async Task S49_Two_silos_on_an_empty_database_migrate_it_once_and_both_work()
    {
        var empty = await server.DatabaseAsync();
        await using var one = new PostgresStore(new() { ConnectionString = empty });
        await using var two = new PostgresStore(new() { ConnectionString = empty });
        await Task.WhenAll(one.MigrateAsync(None), two.MigrateAsync(None));
        Assert.Equal(Latest, (await two.DescribeAsync(None)).SchemaVersion);
        Assert.IsType<AppendOutcome.Committed>((await one.CommitAsync([First(State("a"))], None))[0]);
        Assert.NotNull(await two.LoadAsync(new("a"), None));
    }

    [Fact]
    public async Task S49_A_newer_schema_is_refused()
    {
        await using (var newer = Migrating(new(Latest + 1, "create table more (x int);")))
        {
            await newer.MigrateAsync(None);
        }

        await using var older = new PostgresStore(Options);
        var e = await Assert.ThrowsAsync<StoreException>(() => older.MigrateAsync(None));
        Assert.Contains($"schema {Latest + 1}", e.Message);
        Assert.False(e.Transient);
    }

    [Fact]
    public async Task S49_A_half_applied_migration_leaves_nothing_and_is_resumed()
    {
        await using (var broken = Migrating(new(Latest + 1, "create table more (x int); create table broken (;")))
        {
            await Assert.ThrowsAsync<StoreException>(() => broken.MigrateAsync(None));
        }

        await using var whole = Migrating(new(Latest + 1, "create table more (x int);"));
        await whole.MigrateAsync(None);
        Assert.Equal(Latest + 1, (await whole.DescribeAsync(None)).SchemaVersion);
    }

    [Theory]
    [InlineData("Port=1", "Connection refused")]
    [InlineData("Database=nowhere", "3D000")]
    [InlineData("Username=nobody", "28000")]
    public async Task A_wrong_connection_string_is_one_clear_line(string wrong, string reason)
    {
        await using var lost = new PostgresStore(new() { ConnectionString = $"{database};Password=secret;{wrong}" });
        var e = await Assert.ThrowsAsync<StoreException>(() => lost.MigrateAsync(None));
        Assert.Contains(reason, e.Message);
        Assert.Contains("127.0.0.1", e.Message);
        Assert.DoesNotContain("secret", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("Host=x;Port=many;Password=secret", "has an invalid value for «port»")]
    [InlineData("Host=x;Timeout=-1", "has an invalid value for «timeout»")]
    [InlineData("Host=x;Password=se;cret=1", "has a keyword that Npgsql does not know")]
    [InlineData("Database=x", "has no Host")]
    [InlineData("Host=;Database=x", "has no Host")]
    [InlineData("secret", "is not a connection string")]
    [InlineData("postgres://u:secret@h/db", "is not a connection string")]
    [InlineData("Host=x;Target Session Attributes=primary;Password=secret", "cannot be used: Target Session Attributes")]
    [InlineData("Host=x;Multiplexing=true;Password=secret", "cannot be used: Pooling must be on to use multiplexing")]
    public void An_invalid_connection_string_is_reported_before_anything_starts(string wrong, string fault)
    {
        Assert.StartsWith(fault, PostgresStoreOptions.Fault(wrong));
        Assert.DoesNotContain("cret", PostgresStoreOptions.Fault(wrong));
    }

    [Theory]
    [InlineData("Host=x")]
    [InlineData("Host=a,b;Target Session Attributes=primary")]
    public void Values_that_only_the_server_can_refuse_are_passed_to_it(string connectionString) => Assert.Null(PostgresStoreOptions.Fault(connectionString));

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Every_filter_walks_an_index_without_sorting(ExecutionFilter filter, string index)
    {
        await Fill();
        var plan = string.Join('\n', await store.ExplainListAsync(filter));
        Assert.Contains($"using {index} ", plan);
        Assert.Equal(filter.Workflow.Count > 1 || filter.Status.Count > 1, plan.Contains("Sort"));
        Assert.DoesNotContain("Seq Scan", plan);
    }

    public static TheoryData<ExecutionFilter, string> Filters => new()
    {
        { new(), "executions_created" },
        { new() { Status = [ExecutionStatus.Lost] }, "executions_status" },
        { new() { Workflow = ["w"] }, "executions_workflow" },
        { new() { Workflow = ["w", "v"], Status = [ExecutionStatus.Lost, ExecutionStatus.Failed] }, "executions_workflow_status" },
        { new() { Namespace = ["n"] }, "executions_namespace" },
        { new() { VisibleNamespaces = ["n"], Status = [ExecutionStatus.Lost] }, "executions_namespace_status" },
        { new() { Cause = [Cause.Timeout] }, "executions_cause" },
        { new() { Cause = [Cause.Timeout], Workflow = ["w"] }, "executions_cause_workflow" },
        { new() { Worker = ["w"] }, "executions_worker" },
        { new() { Worker = ["w"], Status = [ExecutionStatus.Running] }, "executions_worker_status" },
        { new() { TriggeredBy = ["w"] }, "executions_triggered" },
        { new() { Resolution = [Resolution.Failed] }, "executions_resolution" },
        { new() { Late = true }, "executions_late" },
        { new() { Label = [new("a", "b")] }, "execution_labels_pkey" },
        { new() { Label = [new("a", "b")], Status = [ExecutionStatus.Lost, ExecutionStatus.Failed] }, "execution_labels_pkey" },
        { new() { Namespace = ["n"], Workflow = ["w"] }, "executions_namespace_workflow" },
        { new() { Cause = [Cause.Timeout], Status = [ExecutionStatus.Lost] }, "executions_cause_status" },
        { new() { Worker = ["w"], Workflow = ["f"] }, "executions_worker_workflow" },
        { new() { Worker = ["w"], Namespace = ["n"], StartedAfter = T0 }, "executions_worker_namespace" },
        { new() { TriggeredBy = ["w"], Workflow = ["f"] }, "executions_triggered_workflow" },
        { new() { Resolution = [Resolution.Failed], Namespace = ["n"] }, "executions_resolution_namespace" },
        { new() { Late = true, Workflow = ["w"] }, "executions_late_workflow" },
        { new() { StartedAfter = T0, StartedBefore = T0 }, "executions_created" },
        { new() { Sort = ListSort.Started }, "executions_by_start" },
        { new() { Sort = ListSort.Ended, HasLabel = ["k"], EndedAfter = T0 }, "executions_by_end" },
        { new() { Sort = ListSort.Duration, DurationMin = TimeSpan.FromSeconds(1) }, "executions_by_duration" },
        { new() { EpochStatus = [ExecutionStatus.Lost] }, "executions_status" },
        { new() { EpochStatus = [ExecutionStatus.Lost] }, "execution_labels_pkey" },
        { new() { EpochCause = [Cause.Timeout], Workflow = ["w"] }, "executions_cause_workflow" },
    };

    [Fact]
    public async Task A_page_that_has_examined_its_limit_is_short_and_has_a_cursor()
    {
        await Fill();
        await using var hasty = new PostgresStore(Options with { ExamineMax = 5 });
        await hasty.MigrateAsync(None);
        var (ids, cursor, pages) = (new List<string>(), default(string), 0);
        do
        {
            (var items, cursor) = await hasty.ListAsync(new() { Worker = ["w1", "w2"], Workflow = ["wf1"], Namespace = ["n1"] }, 50, cursor, None);
            ids.AddRange(items.Select(i => i.Id.Value));
            pages++;
        }
        while (cursor is not null);
        Assert.Equal(["id-57", "id-41", "id-37", "id-21", "id-17", "id-01"], ids);
        Assert.True(pages > 1);
    }

    [Fact]
    public async Task Batches_of_two_silos_over_the_same_executions_never_deadlock_and_one_writer_wins_each()
    {
        await using var other = new PostgresStore(Options with { WriterCount = 4 });
        await other.MigrateAsync(None);
        var states = Enumerable.Range(0, 50).Select(i => State($"x{i}")).ToArray();
        await store.CommitAsync([.. states.Select(s => First(s))], None);
        for (var round = 1; round <= 20; round++)
        {
            var revision = round;
            Append[] appends = [.. states.Select(s => Next(s with { Revision = revision }, History(revision)))];
            var ways = await Task.WhenAll(
                store.CommitAsync(appends, None), other.CommitAsync([.. appends.Reverse()], None), other.CommitAsync(appends, None));
            for (var i = 0; i < states.Length; i++)
            {
                AppendOutcome[] outcomes = [ways[0][i], ways[1][^(i + 1)], ways[2][i]];
                Assert.Single(outcomes, o => o is AppendOutcome.Committed);
                Assert.All(outcomes.Where(o => o is not AppendOutcome.Committed), o => Assert.IsType<AppendOutcome.VersionMismatch>(o));
            }
        }

        Assert.Equal(20, (await store.HistoryAsync(states[7], newestFirst: false, 100, null, None)).Items.Count);
    }

    [Fact]
    public async Task A_failed_read_for_one_append_does_not_repeat_other_appends_that_are_written()
    {
        await store.CommitAsync([First(State("a"), new Effect.Step(Step("s1", 1), true)), First(State("b")), First(State("c"))], None);
        await ExecuteAsync("update steps_20260301 set status = 'unheard of'");
        var outcomes = await store.CommitAsync(
            [
                Next(State("b"), History(1)), Next(State("a"), new Effect.Step(Step("s1", 2), true)) with { NewSteps = [new(1, "s1")] },
                Next(State("c"), History(1))
            ],
            None);
        Assert.Equal(new AppendOutcome.Unavailable("InvalidDataException: «unheard of» is not a valid StepStatus.", Uncertain: false), outcomes[1]);
        Assert.All([outcomes[0], outcomes[2]], o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.Equal([1L, 2, 2], (await store.RevisionsAsync([new("a"), new("b"), new("c")], None)).OrderBy(r => r.Key.Value).Select(r => r.Value));
    }

    [Fact]
    public async Task Bad_appends_in_a_large_batch_fail_alone()
    {
        var bad = new HashSet<int> { 0, 17, 18, 99 };
        var outcomes = await store.CommitAsync(
            [.. Enumerable.Range(0, 100).Select(i => First(State($"x{i:00}"), bad.Contains(i) ? [History(1), History(1)] : [History(1)]))], None);
        Assert.Equal(bad, outcomes.Index().Where(o => o.Item is AppendOutcome.Refused).Select(o => o.Index).ToHashSet());
        Assert.Equal(96, outcomes.Count(o => o is AppendOutcome.Committed));
    }

    [Fact]
    public async Task A_batch_may_span_days_without_partitions()
    {
        await using var other = new PostgresStore(Options);
        await other.MigrateAsync(None);
        var states = Enumerable.Range(0, 5).Select(day => State($"d{day}") with { CreatedAt = T0.AddDays(-day) }).ToArray();
        var both = await Task.WhenAll(
            store.CommitAsync([.. states.Select(s => First(s, History(1, "e")))], None),
            other.CommitAsync([.. states.Select(s => First(s with { Id = new("other-" + s.Id) }, History(1, "e")))], None));
        Assert.All(both.SelectMany(o => o), o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(states[3], History(2, "e")) with { NewEvents = [new(1, "e")] }));
    }

    /// <summary>Only two appends of one execution in one call lead to inconsistent row counts, and our queue never sends such a call.</summary>
    [Fact]
    public async Task An_inconsistent_row_count_after_the_commit_is_uncertain_and_nothing_is_sent_again()
    {
        var outcomes = await Store.CommitAsync([First(State("a"), History(1, "e1")), First(State("a")), First(State("b"), History(1, "e1"))], None);
        Assert.All(outcomes, o => Assert.True(Assert.IsType<AppendOutcome.Unavailable>(o).Uncertain));
        Assert.True(await store.WasCommittedAsync(State("b"), 1, 7, None));
        await Commit(Next(State("b"), History(2, "e2")));
    }

    [Fact]
    public async Task A_dropped_day_is_recreated_by_a_write_to_it()
    {
        await Commit(First(State("a"), History(1), new Effect.Step(Step("s", 1), true)));
        await ExecuteAsync("drop table history_20260301, steps_20260301, logs_20260301, rejections_20260301, evidence_20260301, final_payloads_20260301");
        await Commit(Next(State("a"), History(2), new Effect.Step(Step("s", 1) with { EndedAt = T0 }, false)));
        Assert.Equal(2, Assert.Single((await store.HistoryAsync(State("a"), newestFirst: false, 10, null, None)).Items).Sequence);
    }

    [Theory]
    [InlineData("drop table history_20260301")]
    [InlineData("drop table logs_20260301, evidence_20260301")]
    [InlineData("drop table steps_20260301, logs_20260301, rejections_20260301, evidence_20260301, final_payloads_20260301")]
    [InlineData("alter table history detach partition history_20260301")]
    [InlineData("alter table history detach partition history_20260301; drop table logs_20260301")]
    [InlineData("drop table history_20260301; alter table final_payloads detach partition final_payloads_20260301")]
    public async Task A_half_dropped_day_is_completed_again(string halfway)
    {
        await Commit(First(State("a"), History(1)));
        await ExecuteAsync(halfway);
        await using var other = new PostgresStore(Options);
        await other.MigrateAsync(None);
        Effect[] effects =
        [
            History(2, "e"), new Effect.Step(Step("s", 1), true), new Effect.Log(1, "e", T0, T0, 1, Severity.Info, null, null, "m"),
            new Effect.Evidence(1, 1, "l", "log", T0, T0, [5]),
        ];
        var outcomes = await other.CommitAsync([Next(State("a"), effects), First(State("b") with { CreatedAt = T0.AddDays(1) }, History(1))], None);
        Assert.All(outcomes, o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.Equal(2, (await store.HistoryAsync(State("a"), newestFirst: false, 10, null, None)).Items[^1].Sequence);
        Assert.Single((await store.LogsAsync(State("a"), LogFilter.All, 10, null, None)).Items);
        Assert.Single(await store.EvidenceAsync(State("a"), None));
    }

    [Fact]
    public async Task A_day_whose_detaching_was_interrupted_is_completed_again()
    {
        await Commit(First(State("a"), History(1)));
        await using (var reader = new NpgsqlConnection(database))
        {
            await reader.OpenAsync(None);
            await using var transaction = await reader.BeginTransactionAsync(None);
            await using var read = new NpgsqlCommand("select from history", reader);
            await read.ExecuteNonQueryAsync(None);
            var e = await Assert.ThrowsAsync<PostgresException>(
                () => ExecuteAsync("alter table history detach partition history_20260301 concurrently", "-c statement_timeout=200"));
            Assert.Equal(PostgresErrorCodes.QueryCanceled, e.SqlState);
        }

        Assert.Empty((await store.HistoryAsync(State("a"), newestFirst: false, 10, null, None)).Items);
        await using var other = new PostgresStore(Options);
        await other.MigrateAsync(None);
        Assert.IsType<AppendOutcome.Committed>((await other.CommitAsync([Next(State("a"), History(2))], None))[0]);
        Assert.Equal([1L, 2], (await store.HistoryAsync(State("a"), newestFirst: false, 10, null, None)).Items.Select(h => h.Sequence));
    }

    [Fact]
    public async Task A_day_that_cannot_be_created_does_not_affect_executions_of_other_days()
    {
        await ExecuteAsync("create view logs_20260228 as select 1 as day");
        var (lame, well) = (State("a") with { CreatedAt = T0.AddDays(-1) }, State("b"));
        var outcomes = await store.CommitAsync([First(lame with { Id = new("z") }, History(1)), First(well, History(1)), First(lame, History(1))], None);
        Assert.Equal(
            [typeof(AppendOutcome.Unavailable), typeof(AppendOutcome.Committed), typeof(AppendOutcome.Unavailable)], outcomes.Select(o => o.GetType()));
        Assert.All(outcomes.OfType<AppendOutcome.Unavailable>(), o => Assert.False(o.Uncertain));
        await ExecuteAsync("drop view logs_20260228");
        await Commit(First(lame, History(1)));
    }

    [Fact]
    public async Task A_heartbeat_does_not_wait_for_the_creation_of_a_day()
    {
        await using var maker = new NpgsqlConnection(database);
        await maker.OpenAsync(None);
        await using var transaction = await maker.BeginTransactionAsync(None);
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock(2026032)", maker))
        {
            await hold.ExecuteNonQueryAsync(None);
        }

        Assert.Null((await store.AliveAsync("one", T0, TimeSpan.FromSeconds(6), None).WaitAsync(TimeSpan.FromSeconds(20), None)).Before);
        await transaction.RollbackAsync(None);
        Assert.Equal(T0, (await store.AliveAsync("one", T0.AddSeconds(1), TimeSpan.FromSeconds(6), None)).Before);
        await ExecuteAsync("insert into history_20260302 select * from history_20260301");
    }

    [Fact]
    public async Task D05_Ids_of_later_epochs_in_an_older_schema_stay_taken()
    {
        var state = State("a");
        await Commit(First(state, History(1, "one"), History(2, "x")));
        state = state with { Epoch = 2 };
        await Commit(Next(state, History(3, "two") with { Epoch = 2 }, History(4) with { Epoch = 2 }, History(5, "three") with { Epoch = 2 }));
        await ExecuteAsync(
            """
            update history set tag = ((tag - (epoch - 1) * 10368889) & 16777215) where tag is not null;
            update history as n set previous = p.tag from history as p where p.execution = n.execution and n.sequence = p.sequence + 1;
            update executions as e set history_tag = p.tag from history as p where p.execution = e.number and p.sequence = e.history_sequence;
            alter table rejections drop column epoch cascade;
            alter table rejections add constraint rejections_pkey primary key (execution_id, code, event_id, day);
            alter table evidence drop column epoch;
            delete from schema_version where version > 6;
            """ + RevertedMigrations.UntilOrders);

        await store.MigrateAsync(None);

        state = state with { Revision = state.Revision + 1 };
        Assert.Equal(["one", "x", "two", null, "three"], (await Walk(c => Reads.HistoryAsync(state, newestFirst: false, 2, c, None))).Select(h => h.EventId));
        var found = Assert.IsType<AppendOutcome.IdsTaken>(
            await One(Next(state) with { NewEvents = [new(1, "two"), new(2, "two"), new(2, "three"), new(2, "one")] }));
        Assert.Equal([(2, "three"), (2, "two")], found.Events.Select(e => (e.Epoch, e.EventId)).Order());
        await Commit(Next(state, History(6, "one") with { Epoch = 2 }));
    }

    [Fact]
    public async Task Event_ids_with_the_same_tag_are_distinguished()
    {
        var seen = new Dictionary<int, string>();
        var (one, other) = Enumerable.Range(0, 1_000_000).Select(i => $"e{i}").Select(id => seen.TryAdd(Tag(id), id) ? default : (seen[Tag(id)], id))
            .First(pair => pair != default);
        var state = State("a");
        await Commit(First(state, History(1, one), History(2, "x"), History(3, other), History(4, "y")));
        Assert.Equal([one, "x", other, "y"], (await Walk(c => Reads.HistoryAsync(state, newestFirst: false, 2, c, None))).Select(h => h.EventId));
        var found = Assert.IsType<AppendOutcome.IdsTaken>(await One(Next(state, History(5, other)) with { NewEvents = [new(1, other)] }));
        Assert.Equal([other], found.Events.Select(e => e.EventId));

        static int Tag(string id) => RowTag.Of(new EventKey(1, id));
    }

    [Fact]
    public async Task S43_A_commit_whose_connection_is_cut_is_uncertain_is_read_back_and_does_not_block_the_next()
    {
        await Commit(First(State("a")));
        var holder = new NpgsqlConnection(database);
        await holder.OpenAsync(None);
        await using var transaction = await holder.BeginTransactionAsync(None);
        await using (var hold = new NpgsqlCommand("update executions set revision = revision where id = 'a'", holder))
        {
            await hold.ExecuteNonQueryAsync(None);
        }

        var commit = One(Next(State("a"), History(1)));
        // It waits for the row's lock; the engine says which connection waits.
        await using var cut = new NpgsqlCommand(
            "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()", holder);
        while (await cut.ExecuteScalarAsync(None) is null)
        {
            await using var forget = new NpgsqlCommand("select pg_stat_clear_snapshot()", holder);
            await forget.ExecuteNonQueryAsync(None);
        }

        var outcome = Assert.IsType<AppendOutcome.Unavailable>(await commit);
        Assert.True(outcome.Uncertain);
        await transaction.RollbackAsync(None);
        await holder.DisposeAsync();
        Assert.False(await store.WasCommittedAsync(State("a"), 1, 8, None));
        await Commit(Next(State("a"), History(1)));
        Assert.True(await store.WasCommittedAsync(State("a"), 1, 8, None));
    }

    [Fact]
    public async Task Several_changes_of_a_step_in_one_append_end_in_one_row()
    {
        var (opened, ended) = (Step("s1", 2), Step("s1", 2) with { Status = StepStatus.Succeeded, EndedAt = T0.AddMinutes(9) });
        await Commit(First(State("a"), new Effect.Step(Step("s0", 1), true)));
        await Commit(Next(
            State("a"),
            new Effect.Step(opened, true),
            new Effect.CloseOpenSteps(1, StepStatus.Incomplete, T0.AddMinutes(1), T0),
            new Effect.Step(ended, false),
            new Effect.Step(Step("s2", 3), true),
            new Effect.CloseOpenSteps(1, StepStatus.Lost, T0.AddMinutes(2), T0)));
        var steps = (await store.StepsAsync(State("a"), StepFilter.All, 10, null, None)).Items;
        Assert.Equal([StepStatus.Incomplete, StepStatus.Succeeded, StepStatus.Lost], steps.Select(s => s.Status));
        Assert.Equal([T0.AddMinutes(1), T0.AddMinutes(9), T0.AddMinutes(2)], steps.Select(s => s.EndedAt!.Value));
    }

    [Fact]
    public async Task A_refused_append_is_not_counted()
    {
        Effect[] effects =
            [
            new Effect.ChangeLiveCount("etl", ExecutionStatus.Running, 1),
            new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, T0, TimeSpan.FromSeconds(1))];
        await Commit(First(State("a"), effects));
        Assert.IsType<AppendOutcome.VersionMismatch>(await One(First(State("a"), effects)));
        var figures = await store.FiguresAsync(T0, T0.AddMinutes(5), "etl", null, None);
        Assert.Equal((1L, 1L), (figures.ByStatus[ExecutionStatus.Running], figures.ByStatus[ExecutionStatus.Failed]));
    }

    [Fact]
    public async Task D36_An_audit_row_from_the_schema_without_callers_stays_and_names_no_key()
    {
        var old = await server.DatabaseAsync();
        await using (var before = new PostgresStore(new() { ConnectionString = old }, null, [.. SqlText.Migrations().Where(m => m.Version < 10)]))
        {
            await before.MigrateAsync(None);
        }

        await using (var connection = new NpgsqlConnection(old))
        {
            await connection.OpenAsync(None);
            await using var line = new NpgsqlCommand(
                "insert into audit (at, by, action, namespace, reason) values (7, 'ann', 'cancel', 'n', 'why')", connection);
            await line.ExecuteNonQueryAsync(None);
        }

        await using (var now = new PostgresStore(new() { ConnectionString = old }))
        {
            await now.MigrateAsync(None);
            var row = Assert.Single((await now.AuditAsync(AuditFilter.All, 10, null, None)).Items);
            Assert.Equal(new AuditRow(row.At, "ann", "cancel", null, "n", "why"), row);
        }

        await server.DropAsync(old);
    }

    protected override async Task MigrateFromBeforeOrdersAsync()
    {
        await ExecuteAsync($"{RevertedMigrations.UntilOrders} delete from schema_version where version > 7;");
        await store.DisposeAsync();
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

    private async Task ExecuteAsync(string sql, string settings = "")
    {
        await using var connection = new NpgsqlConnection($"{database};Options={settings}");
        await connection.OpenAsync(None);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(None);
    }

    private PostgresStore Migrating(Migration more) => new(Options, null, [.. SqlText.Migrations(), more]);

    private static async Task MigrateAsync(string connectionString)
    {
        await using var template = new PostgresStore(new() { ConnectionString = connectionString });
        await template.MigrateAsync(None);
    }
}
