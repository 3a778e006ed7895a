using System.Text;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres.Schema;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;
using ExecutionGrains.Storage.Stats;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel)
    {
        if (await OneAsync("read a setting", "ReadSetting", row => row.Blob(0), cancel, ("name", name)).ConfigureAwait(false) is { } stored)
        {
            return stored;
        }

        await ChangeAsync("write a setting", "CreateSetting", cancel, ("name", name), ("value", initial())).ConfigureAwait(false);
        return (await OneAsync("read a setting", "ReadSetting", row => row.Blob(0), cancel, ("name", name)).ConfigureAwait(false))!;
    }

    /// <inheritdoc/>
    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) =>
        ChangeAsync("write a setting", "WriteSetting", cancel, ("name", name), ("value", value));

    /// <inheritdoc/>
    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) => AuditedAsync(
        "write settings",
        audit,
        async connection =>
        {
            foreach (var (name, value) in settings)
            {
                await connection.RunAsync(SqlText.Query("WriteSetting"), cancel, ("name", name), ("value", value)).ConfigureAwait(false);
            }

            return true;
        },
        cancel);

    /// <inheritdoc/>
    public Task MarkRestoredAsync(CancellationToken cancel) =>
        ChangeAsync("mark as restored", "MarkRestored", cancel, ("name", RestoreMark.Setting), ("value", Encoding.ASCII.GetBytes(RestoreMark.New())));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) =>
        await AllAsync("list the keys", "ListKeys", Rows.Key, cancel).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => AuditedAsync(
        "add a key",
        "InsertKey",
        audit,
        cancel,
        [.. Values(key), ("revoked_at", UnixMicroseconds.From(key.RevokedAt)), ("parent_id", key.ParentId), ("replaced_by", key.ReplacedBy)]);

    /// <inheritdoc/>
    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("revoke a key", "RevokeKey", audit, cancel, ("key_id", keyId), ("at", UnixMicroseconds.From(at)));

    /// <inheritdoc/>
    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => ChangeAsync("write the audit", "InsertAudit", cancel, Values(row));

    /// <inheritdoc/>
    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var before = Cursor.Sequence(filter.Canonical, cursor, long.MaxValue);
        var (list, findBoundary) = filter.ExecutionId is null
            ? ("ListAudit", "FindAuditBoundary")
            : ("ListAuditOfExecution", "FindAuditBoundaryOfExecution");
        (string, object?)[] from =
        [
            ("before", before), ("examine_max", options.ExamineMax),
            .. filter.ExecutionId is { } id ? [("execution_id", id)] : Array.Empty<(string, object?)>(),
        ];
        return SearchAsync(
            "read the audit",
            async connection =>
            {
                var rows = await connection.AllAsync(
                    SqlText.Query(list),
                    Rows.Audit,
                    cancel,
                    [
                        .. from, ("namespaces", filter.Namespaces?.ToArray()), ("by", filter.By), ("action", filter.Action),
                        ("from_at", UnixMicroseconds.From(filter.From)), ("to_at", UnixMicroseconds.From(filter.To)), ("row_max", limit + 1),
                    ])
                    .ConfigureAwait(false);
                var boundary = rows.Count > limit
                    ? []
                    : await connection.AllAsync(SqlText.Query(findBoundary), row => (long?)row.Long(0), cancel, from).ConfigureAwait(false);
                return SequencePage.Of(filter.Canonical, rows, row => row.Number, limit, boundary is [var last] ? last : null, row => row.Row);
            },
            cancel);
    }

    /// <inheritdoc/>
    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) => RunAsync(
        "write the heartbeat",
        async connection =>
        {
            var rows = await connection.AllAsync(
                SqlText.Query("WriteHeartbeat"),
                row => (Before: row.TimeOrNull(0), OutageCount: row.Long(1), Other: row.TextOrNull(2), At: row.TimeOrNull(3)),
                cancel,
                ("silo_id", siloId),
                ("now", UnixMicroseconds.From(now)),
                ("outage_after", outageAfter.Ticks / 10),
                ("alive_at_max", UnixMicroseconds.From(now + SignOfLife.AheadMax))).ConfigureAwait(false);
            await MakeDaysAsync(connection, UnixMicroseconds.Day(now), cancel).ConfigureAwait(false);
            var others = rows.Where(row => row.Other is not null).ToDictionary(row => row.Other!, row => row.At!.Value, StringComparer.Ordinal);
            return new SignOfLife(rows[0].Before, rows[0].OutageCount, others);
        },
        cancel);

    /// <inheritdoc/>
    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) =>
        ChangeAsync(
            "record a silo as gone",
            "RecordGone",
            cancel,
            ("silo_id", siloId), ("alive_at", UnixMicroseconds.From(alive)), ("now", UnixMicroseconds.From(now)));

    /// <inheritdoc/>
    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) =>
        ChangeAsync("record that this silo leaves", "RecordLeave", cancel, ("silo_id", siloId), ("now", UnixMicroseconds.From(now)));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel)
    {
        try
        {
            var connection = await reads.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var rows = await connection.AllAsync(SqlText.Query("ListSilos"), row => (Silo: row.Text(0), At: row.Time(1)), cancel).ConfigureAwait(false);
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
        await AllAsync("list the outages", "ListOutages", Rows.Outage, cancel, ("row_max", limit)).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancel)
    {
        // Use the database's clock if this silo's is far ahead: it must not delete data that other silos need.
        var server = await OneAsync("read the clock", "ReadClock", row => (DateTimeOffset?)row.Time(0), cancel).ConfigureAwait(false);
        now = server is { } at && at + SignOfLife.AheadMax < now ? at : now;
        while (await ChangeAsync("delete expired tombstones", "PruneTombstones", cancel, ("now", UnixMicroseconds.From(now))).ConfigureAwait(false) > 0)
        {
            // Each statement deletes some thousands of rows.
        }

        await ChangeAsync("delete old heartbeats", "PruneSilos", cancel, ("before", UnixMicroseconds.From(now - Kept.Signs))).ConfigureAwait(false);
        await ChangeAsync("delete old outages", "PruneOutages", cancel, ("kept", Kept.Outages)).ConfigureAwait(false);
        string? workflow = CountedWorkflow.Total;
        while (workflow is not null)
        {
            await ChangeAsync("delete old figures", "PruneFigures", cancel, ("workflow", workflow), ("before", UnixMicroseconds.From(now - Kept.Minutes)))
                .ConfigureAwait(false);
            workflow = await OneAsync("find the next workflow", "FindNextWorkflow", row => row.TextOrNull(0), cancel, ("workflow", workflow))
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task PingAsync(CancellationToken cancel) => RunAsync("answer", connection => SchemaWriter.VersionAsync(connection, cancel), cancel);

    /// <inheritdoc/>
    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => RunAsync(
        "describe itself",
        async connection =>
        {
            var version = await SchemaWriter.VersionAsync(connection, cancel).ConfigureAwait(false);
            var rows = await connection.AllAsync(
                SqlText.Query("DescribeDatabase"), row => new StoreDescription("postgres", row.Text(0), version, row.Long(1)), cancel)
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
