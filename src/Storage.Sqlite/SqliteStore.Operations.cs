using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Commits;
using ExecutionGrains.Storage.Sqlite.Schema;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel) =>
        Writer.RunAsync("read a setting", session => session.InTransaction(s =>
        {
            if (s["ReadSetting"].Text("name", name).One(row => row.Blob(0)) is { } stored)
            {
                return stored;
            }

            var value = initial();
            s["WriteSetting"].Text("name", name).Blob("value", value).Run();
            return value;
        }));

    /// <inheritdoc/>
    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) =>
        Writer.RunAsync("write a setting", s => s["WriteSetting"].Text("name", name).Blob("value", value).Run());

    /// <inheritdoc/>
    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) =>
        AuditedAsync("write settings", audit, s =>
        {
            foreach (var (name, value) in settings)
            {
                s["WriteSetting"].Text("name", name).Blob("value", value).Run();
            }

            return true;
        });

    /// <inheritdoc/>
    public Task MarkRestoredAsync(CancellationToken cancel) =>
        WriteSettingAsync(RestoreMark.Setting, Encoding.ASCII.GetBytes(RestoreMark.New()), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) =>
        GrainReaders.RunAsync<IReadOnlyList<ApiKeyRow>>("list the keys", s => s["ListKeys"].All(Rows.Key), cancel);

    /// <inheritdoc/>
    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => AuditedAsync("add a key", audit, s =>
        Key(s["InsertKey"], key).Time("revoked_at", key.RevokedAt).Text("parent_id", key.ParentId).Text("replaced_by", key.ReplacedBy).Run() == 1);

    /// <inheritdoc/>
    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("revoke a key", audit, s => s["RevokeKey"].Text("key_id", keyId).Time("at", at).Run() > 0);

    /// <inheritdoc/>
    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => AuditedAsync("write the audit", row, _ => true);

    /// <inheritdoc/>
    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var before = Cursor.Sequence(filter.Canonical, cursor, long.MaxValue);
        var (list, findBoundary) = filter.ExecutionId is null
            ? ("ListAudit", "FindAuditBoundary")
            : ("ListAuditOfExecution", "FindAuditBoundaryOfExecution");
        return Readers.RunAsync("read the audit", session => session.InSnapshot(s =>
        {
            var rows = Begin(s[list]).Text("namespaces", StateJson.Texts(filter.Namespaces)).Text("by", filter.By).Text("action", filter.Action)
                .Time("from_at", filter.From).Time("to_at", filter.To).Int("row_max", limit + 1).All(Rows.Audit);
            var boundary = rows.Count > limit ? null : Begin(s[findBoundary]).One(r => (long?)r.Long(0));
            return SequencePage.Of(filter.Canonical, rows, row => row.Number, limit, boundary, row => row.Row);
        }), cancel);

        Statement Begin(Statement statement) =>
            (filter.ExecutionId is { } id ? statement.Text("execution_id", id) : statement).Int("before", before).Int("examine_max", options.ExamineMax);
    }

    /// <inheritdoc/>
    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) =>
        Writer.RunAsync("write the heartbeat", session => session.InTransaction(s =>
        {
            var last = s["ReadLastHeartbeat"].Time("alive_at_max", now + SignOfLife.AheadMax).One(row => row.TimeOrNull(0));
            if (now - last > outageAfter)
            {
                s["InsertOutage"].Time("from_at", last).Time("to_at", now).Run();
            }

            s["WriteHeartbeat"].Text("silo_id", siloId).Time("alive_at", now).Run();
            return new SignOfLife(last, s["CountOutages"].One(row => row.Long(0)), new Dictionary<string, DateTimeOffset>());
        }));

    /// <summary>Does nothing: a file has only one silo.</summary>
    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc cref="GoneAsync"/>
    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel) => readers is null
        ? Task.FromResult<IReadOnlyDictionary<string, DateTimeOffset>>(new Dictionary<string, DateTimeOffset>())
        : readers.RunAsync<IReadOnlyDictionary<string, DateTimeOffset>>(
            "list the heartbeats",
            s => s["ListSilos"].All(row => (Silo: row.Text(0), At: row.Time(1))).ToDictionary(row => row.Silo, row => row.At, StringComparer.Ordinal),
            cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<Outage>>(
            "list the outages", s => s["ListOutages"].Int("row_max", limit).All(Rows.Outage), cancel);

    /// <inheritdoc/>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        while (await Writer.RunAsync("delete expired tombstones", s => s["PruneTombstones"].Time("now", now).Run()).ConfigureAwait(false) > 0)
        {
            cancel.ThrowIfCancellationRequested();
        }

        cancel.ThrowIfCancellationRequested();
        await Writer.RunAsync("delete old heartbeats", s => s["PruneSilos"].Time("before", now - Kept.Signs).Run()).ConfigureAwait(false);
        await Writer.RunAsync("delete old outages", s => s["PruneOutages"].Int("kept", Kept.Outages).Run()).ConfigureAwait(false);
        string? workflow = CountedWorkflow.Total;
        while (workflow is not null)
        {
            cancel.ThrowIfCancellationRequested();
            var pruned = workflow;
            await Writer.RunAsync("delete old figures", session => session.InTransaction(s =>
                    s["PruneStats"].Text("workflow", pruned).Time("before", now - Kept.Minutes).Run() + s["PruneDurations"].Text("workflow", pruned)
                        .Time("before", now - Kept.Minutes).Run()))
                .ConfigureAwait(false);
            workflow = await Readers.RunAsync("find the next workflow", s => s["FindNextWorkflow"].Text("workflow", pruned)
                .One(row => row.TextOrNull(0)), cancel)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The version of the packaged SQLite, such as <c>3.53.3</c>. Reading it loads and configures the library.</summary>
    public static string EngineVersion => Session.EngineVersion;

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancel) => Readers.RunAsync("answer", SchemaWriter.Version, cancel);

    /// <inheritdoc/>
    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => Readers.RunAsync(
        "describe itself",
        s => new StoreDescription(
            "sqlite",
            EngineVersion,
            SchemaWriter.Version(s),
            new[] { options.Path, options.Path + "-wal" }.Select(p => new FileInfo(p)).Where(f => f.Exists).Sum(f => f.Length)),
        cancel);

    /// <summary>Runs a change and writes its audit row in one transaction. Cancellation by the caller does not interrupt it.</summary>
    /// <param name="change">Returns false if it changed nothing. Then no audit row is written.</param>
    private Task<bool> AuditedAsync(string operation, AuditRow? audit, Func<Session, bool> change) => Writer.RunAsync(
        operation,
        session => session.InTransaction(s =>
        {
            var isDone = change(s);
            if (isDone && audit is not null)
            {
                AuditWriter.Write(s, audit);
            }

            return isDone;
        }));
}
