using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres.Schema;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Stats;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel)
    {
        if (await OneAsync("read a setting", "setting-read", row => row.Blob(0), cancel, name).ConfigureAwait(false) is { } stored)
        {
            return stored;
        }

        await ChangeAsync("write a setting", "setting-create", cancel, name, initial()).ConfigureAwait(false);
        return (await OneAsync("read a setting", "setting-read", row => row.Blob(0), cancel, name).ConfigureAwait(false))!;
    }

    /// <inheritdoc/>
    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) =>
        ChangeAsync("write a setting", "setting-write", cancel, name, value);

    /// <inheritdoc/>
    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) => AuditedAsync(
        "write settings",
        audit,
        async connection =>
        {
            foreach (var (name, value) in settings)
            {
                await AllAsync(connection, SqlText.Query("setting-write"), _ => true, cancel, name, value).ConfigureAwait(false);
            }

            return true;
        },
        cancel);

    /// <inheritdoc/>
    public Task MarkRestoredAsync(CancellationToken cancel) =>
        ChangeAsync("mark as restored", "restore-mark", cancel, RestoreMark.Setting, Encoding.ASCII.GetBytes(RestoreMark.New()));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) =>
        await AllAsync("list the keys", "keys-list", Rows.Key, cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => AuditedAsync(
        "add a key",
        "key-insert",
        audit,
        cancel,
        key.KeyId,
        key.Name,
        key.Role,
        StateJson.Texts(key.Namespaces),
        key.Hash,
        key.Claims,
        UnixMicroseconds.From(key.CreatedAt),
        UnixMicroseconds.From(key.ExpiresAt),
        UnixMicroseconds.From(key.RevokedAt),
        key.ParentId,
        key.ReplacedBy);

    /// <inheritdoc/>
    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("revoke a key", "key-revoke", audit, cancel, keyId, UnixMicroseconds.From(at));

    /// <inheritdoc/>
    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => ChangeAsync("write the audit", "audit-add", cancel, Values(row));

    /// <inheritdoc/>
    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var before = Cursor.Sequence(filter.Canonical, cursor, long.MaxValue);
        var (name, examine) = (filter.ExecutionId is null ? "audit-page" : "audit-of-execution", options.ExamineMax);
        object?[] also = filter.ExecutionId is { } id ? [id] : [];
        return SearchAsync(
            "read the audit",
            async connection =>
            {
                var rows = await AllAsync(
                    connection,
                    SqlText.Query(name),
                    Rows.Audit,
                    cancel,
                    [
                        before, examine, filter.Namespaces?.ToArray(), limit + 1, filter.By, filter.Action, UnixMicroseconds.From(filter.From), UnixMicroseconds.From(filter.To),
                        .. also,
                    ])
                    .ConfigureAwait(false);
                var boundary = rows.Count > limit
                    ? []
                    : await AllAsync(
                        connection,
                        SqlText.Query($"{name}-boundary"),
                        row => (long?)row.Long(0),
                        cancel,
                        [before, examine, .. also]).ConfigureAwait(false);
                return Sequences(filter.Canonical, rows, row => row.Number, limit, boundary is [var last] ? last : null, row => row.Row);
            },
            cancel);
    }

    /// <inheritdoc/>
    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) => RunAsync(
        "write the heartbeat",
        async connection =>
        {
            var rows = await AllAsync(
                connection,
                SqlText.Query("silo-alive"),
                row => (Before: row.TimeOrNull(0), OutageCount: row.Long(1), Other: row.TextOrNull(2), At: row.TimeOrNull(3)),
                cancel,
                siloId,
                UnixMicroseconds.From(now),
                outageAfter.Ticks / 10,
                UnixMicroseconds.From(now + SignOfLife.AheadMax)).ConfigureAwait(false);
            await MakeDaysAsync(connection, UnixMicroseconds.Day(now), cancel).ConfigureAwait(false);
            var others = rows.Where(row => row.Other is not null).ToDictionary(row => row.Other!, row => row.At!.Value, StringComparer.Ordinal);
            return new SignOfLife(rows[0].Before, rows[0].OutageCount, others);
        },
        cancel);

    /// <inheritdoc/>
    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) =>
        ChangeAsync("record a silo as gone", "silo-gone", cancel, siloId, UnixMicroseconds.From(alive), UnixMicroseconds.From(now));

    /// <inheritdoc/>
    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) =>
        ChangeAsync("record that this silo leaves", "silo-leave", cancel, siloId, UnixMicroseconds.From(now));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel)
    {
        try
        {
            var connection = await reads.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var rows = await AllAsync(connection, SqlText.Query("silos-list"), row => (Silo: row.Text(0), At: row.Time(1)), cancel).ConfigureAwait(false);
                return rows.ToDictionary(row => row.Silo, row => row.At, StringComparer.Ordinal);
            }
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable && !open)
        {
            return new Dictionary<string, DateTimeOffset>();
        }
        catch (Exception e) when (PostgresFailure.IsEngine(e))
        {
            throw Failure("list the heartbeats", e);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) =>
        await AllAsync("list the outages", "outages-list", row => new Outage(row.Time(0), row.Time(1)), cancel, limit).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        // Use the database's clock if this silo's is far ahead: it must not delete data that other silos need.
        var server = await OneAsync("read the clock", "clock-read", row => (DateTimeOffset?)row.Time(0), cancel).ConfigureAwait(false);
        now = server is { } at && at + SignOfLife.AheadMax < now ? at : now;
        while (await ChangeAsync("delete expired tombstones", "tombstones-prune", cancel, UnixMicroseconds.From(now)).ConfigureAwait(false) > 0)
        {
            // Each statement deletes some thousands of rows.
        }

        await ChangeAsync("delete old heartbeats", "silos-prune", cancel, UnixMicroseconds.From(now - Kept.Signs)).ConfigureAwait(false);
        await ChangeAsync("delete old outages", "outages-prune", cancel, Kept.Outages).ConfigureAwait(false);
        string? workflow = CountedWorkflow.Total;
        while (workflow is not null)
        {
            await ChangeAsync("delete old figures", "stats-prune", cancel, workflow, UnixMicroseconds.From(now - Kept.Minutes)).ConfigureAwait(false);
            workflow = await OneAsync("find the next workflow", "stats-next-workflow", row => row.TextOrNull(0), cancel, workflow).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancel) => RunAsync("answer", connection => Migration.CurrentAsync(connection, cancel), cancel);

    /// <inheritdoc/>
    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => RunAsync(
        "describe itself",
        async connection =>
        {
            var version = await Migration.CurrentAsync(connection, cancel).ConfigureAwait(false);
            var rows = await AllAsync(
                connection, SqlText.Query("database-describe"), row => new StoreDescription("postgres", row.Text(0), version, row.Long(1)), cancel)
                .ConfigureAwait(false);
            return rows[0];
        },
        cancel);

    /// <summary>
    /// Creates the partitions of today and tomorrow, after the heartbeat, which must be stored even if this fails. The next heartbeat retries, and so does the
    /// first write to such a day.
    /// </summary>
    private async Task MakeDaysAsync(NpgsqlConnection connection, long today, CancellationToken cancel)
    {
        try
        {
            await partitions.EnsureAsync(connection, [today, today + 1], cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgresFailure.IsEngine(e))
        {
            // The heartbeat is stored and its answer is known.
        }
    }
}
