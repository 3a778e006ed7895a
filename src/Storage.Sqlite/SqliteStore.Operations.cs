using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Commits;
using ExecutionGrains.Storage.Sqlite.Schema;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel) =>
        Writer.RunAsync("read a setting", session => session.InTransaction(s =>
        {
            if (s["setting-read"].Text(name).One(row => row.Blob(0)) is { } stored)
            {
                return stored;
            }

            var value = initial();
            s["setting-write"].Text(name).Blob(value).Run();
            return value;
        }));

    /// <inheritdoc/>
    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) =>
        Writer.RunAsync("write a setting", s => s["setting-write"].Text(name).Blob(value).Run());

    /// <inheritdoc/>
    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) =>
        AuditedAsync("write settings", audit, s =>
        {
            foreach (var (name, value) in settings)
            {
                s["setting-write"].Text(name).Blob(value).Run();
            }

            return true;
        });

    /// <inheritdoc/>
    public Task MarkRestoredAsync(CancellationToken cancel) =>
        WriteSettingAsync(RestoreMark.Setting, Encoding.ASCII.GetBytes(RestoreMark.New()), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) =>
        GrainReaders.RunAsync<IReadOnlyList<ApiKeyRow>>("list the keys", s => s["keys-list"].All(Rows.Key), cancel);

    /// <inheritdoc/>
    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => AuditedAsync("add a key", audit, s => s["key-insert"]
        .Text(key.KeyId).Text(key.Name).Text(key.Role).Text(StateJson.Texts(key.Namespaces)).Blob(key.Hash).Text(key.Claims)
        .Time(key.CreatedAt).Time(key.ExpiresAt).Time(key.RevokedAt).Text(key.ParentId).Text(key.ReplacedBy).Run() == 1);

    /// <inheritdoc/>
    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("revoke a key", audit, s => s["key-revoke"].Text(keyId).Time(at).Run() > 0);

    /// <inheritdoc/>
    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => AuditedAsync("write the audit", row, _ => true);

    /// <inheritdoc/>
    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var before = Cursor.Sequence(filter.Canonical, cursor, long.MaxValue);
        var name = filter.ExecutionId is null ? "audit-page" : "audit-of-execution";
        return Readers.RunAsync("read the audit", session => session.InSnapshot(s =>
        {
            var page = Begin(s, name).Int(before).Int(options.ExamineMax).Text(StateJson.Texts(filter.Namespaces)).Text(filter.By).Text(filter.Action);
            page = filter.ExecutionId is null ? page.Text(null) : page;
            var rows = page.Time(filter.From).Time(filter.To).Int(limit + 1).All(Rows.Audit);
            var boundary = rows.Count > limit ? null : Begin(s, $"{name}-boundary").Int(before).Int(options.ExamineMax).One(r => (long?)r.Long(0));
            return Sequences(filter.Canonical, rows, row => row.Number, limit, boundary, row => row.Row);
        }), cancel);

        Statement Begin(Session session, string query) => filter.ExecutionId is { } id ? session[query].Text(id) : session[query];
    }

    /// <inheritdoc/>
    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) =>
        Writer.RunAsync("write the heartbeat", session => session.InTransaction(s =>
        {
            var last = s["silo-last-alive"].Time(now + SignOfLife.AheadMax).One(row => row.TimeOrNull(0));
            if (now - last > outageAfter)
            {
                s["outage-insert"].Time(last).Time(now).Run();
            }

            s["silo-alive"].Text(siloId).Time(now).Run();
            return new SignOfLife(last, s["outages-count"].One(row => row.Long(0)), new Dictionary<string, DateTimeOffset>());
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
            s => s["silos-list"].All(row => (Silo: row.Text(0), At: row.Time(1))).ToDictionary(row => row.Silo, row => row.At, StringComparer.Ordinal),
            cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<Outage>>(
            "list the outages", s => s["outages-list"].Int(limit).All(row => new Outage(row.Time(0), row.Time(1))), cancel);

    /// <inheritdoc/>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        while (await Writer.RunAsync("delete expired tombstones", s => s["tombstones-prune"].Time(now).Run()).ConfigureAwait(false) > 0)
        {
            cancel.ThrowIfCancellationRequested();
        }

        cancel.ThrowIfCancellationRequested();
        await Writer.RunAsync("delete old heartbeats", s => s["silos-prune"].Time(now - Kept.Signs).Run()).ConfigureAwait(false);
        await Writer.RunAsync("delete old outages", s => s["outages-prune"].Int(Kept.Outages).Run()).ConfigureAwait(false);
        string? workflow = CountedWorkflow.Total;
        while (workflow is not null)
        {
            cancel.ThrowIfCancellationRequested();
            var pruned = workflow;
            await Writer.RunAsync("delete old figures", session => session.InTransaction(s =>
                    s["stats-prune"].Text(pruned).Time(now - Kept.Minutes).Run() + s["stat-durations-prune"].Text(pruned).Time(now - Kept.Minutes).Run()))
                .ConfigureAwait(false);
            workflow = await Readers.RunAsync("find the next workflow", s => s["stats-next-workflow"].Text(pruned).One(row => row.TextOrNull(0)), cancel)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The version of the packaged SQLite, such as <c>3.53.3</c>. Reading it loads and configures the library.</summary>
    public static string EngineVersion => Session.EngineVersion;

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancel) => Readers.RunAsync("answer", Migration.Current, cancel);

    /// <inheritdoc/>
    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => Readers.RunAsync(
        "describe itself",
        s => new StoreDescription(
            "sqlite",
            EngineVersion,
            Migration.Current(s),
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
