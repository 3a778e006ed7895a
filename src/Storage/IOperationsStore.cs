using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Pages;

namespace ExecutionGrains.Storage;

/// <summary>Stores what the silos need for themselves: API keys, settings, the audit, heartbeats and outages.</summary>
public interface IOperationsStore
{
    /// <summary>Opens the store and updates the schema. If several silos start, one of them does it. Resumes an interrupted migration.</summary>
    /// <exception cref="StoreException">The schema is newer than this program, or another silo holds the file. The message says which.</exception>
    Task MigrateAsync(CancellationToken cancel);

    /// <summary>Reads a setting. If there is none, stores <paramref name="initial"/> first. With concurrent calls the first writer wins.</summary>
    Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel);

    Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel);

    /// <summary>Writes settings and the audit row in one transaction.</summary>
    Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel);

    /// <summary>
    /// Marks the store as a restored copy (<see cref="RestoreMark"/>) and deletes the cluster members of the original store. No silo may run on the store.
    /// </summary>
    Task MarkRestoredAsync(CancellationToken cancel);

    Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel);

    /// <param name="audit">Written in the same transaction. Null: no audit row.</param>
    Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel);

    /// <summary>
    /// Revokes a key and all keys that it created, directly or indirectly. A revoked key stays stored, with the time of its first revocation.
    /// </summary>
    /// <param name="audit">Written in the same transaction, if there is such a key. Null: no audit row.</param>
    /// <returns>False if there is no such key.</returns>
    Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel);

    /// <summary>
    /// Writes an audit row for an action that changed nothing in the store, such as a sign-in. Changes write their row in their own transaction.
    /// </summary>
    Task AppendAuditAsync(AuditRow row, CancellationToken cancel);

    /// <summary>Lists the audit, newest first. Examines at most 20,000 rows, so a page may be short and still have a cursor.</summary>
    Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel);

    /// <summary>
    /// Writes this silo's heartbeat. If its previous heartbeat, or the newest one of all silos, is older than <paramref name="outageAfter"/>, stores the
    /// outage in the same transaction: the new heartbeat overwrites the old one. A delayed heartbeat does not overwrite a newer one. A store for a single silo
    /// returns no other silos.
    /// </summary>
    Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel);

    /// <summary>
    /// Records that a silo died without leaving. Stores an outage from its last heartbeat, <paramref name="alive"/>, to <paramref name="now"/>. Does nothing
    /// if the silo sent a heartbeat since or is already recorded as gone.
    /// </summary>
    Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Records that a silo leaves in an orderly way. Other silos take over its executions at once, so its silence is not an outage.</summary>
    Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// The newest heartbeat of each of the last 100 silos. May be called before <see cref="MigrateAsync"/>, on a schema of any version. Empty if there is no
    /// schema yet, and for a file that only one silo may open and that is not open yet.
    /// </summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel);

    /// <summary>The newest outages, ordered by their end, oldest first.</summary>
    Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel);

    /// <summary>
    /// Deletes expired data: heartbeats of silos older than 7 days, outages beyond the newest 1,000 (only when at least 100 can go), figures by the minute
    /// older than 8 days (figures by the hour stay) and expired tombstones. Uses small transactions, so that commits do not wait for it.
    /// </summary>
    /// <exception cref="StoreException">The store is unavailable. The next call deletes the rest.</exception>
    Task PruneAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>Deletes what deleted executions have left behind (<see cref="IExecutionStore.DeleteAsync"/>), in small transactions.</summary>
    /// <exception cref="StoreException">The store is unavailable. The next call deletes the rest.</exception>
    Task FinishDeletionsAsync(CancellationToken cancel);

    /// <summary>Returns if the store answers. Cheap at any size of the store.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    Task PingAsync(CancellationToken cancel);

    /// <summary>Kind, engine version, schema version and size on disk. Expensive on PostgreSQL, which walks the files to measure the size.</summary>
    Task<StoreDescription> DescribeAsync(CancellationToken cancel);
}
