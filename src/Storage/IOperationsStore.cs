using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>What the silo itself keeps: keys, secrets, the audit, signs of life, outages.</summary>
public interface IOperationsStore
{
    /// <summary>Brings the schema up to date, once, whoever comes first; resumes a half-applied one.</summary>
    /// <exception cref="StoreException">The schema is newer than this program, or another silo holds the file; the message says which.</exception>
    Task MigrateAsync(CancellationToken cancel);

    /// <summary>Reads a setting; where there is none, stores <paramref name="initial"/> first. The first writer wins.</summary>
    Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel);

    Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel);

    /// <summary>Writes settings and the audit's row in one transaction.</summary>
    Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel);

    /// <summary>Says that this is a restored copy (<see cref="RestoreMark"/>), and forgets which silos the store of before had. No silo may run on it.</summary>
    Task MarkRestoredAsync(CancellationToken cancel);

    Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel);

    /// <param name="audit">Written in the same transaction. Null: nobody's action.</param>
    Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel);

    /// <summary>
    /// Revokes a key and all that it made. False where there is no such key. A revoked key stays on record, with the time at which it was first revoked.
    /// </summary>
    /// <param name="audit">Written in the same transaction, where there is such a key. Null: nobody's action.</param>
    Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel);

    /// <summary>Writes what changed nothing in the store, such as a sign-in; changes are written with their row.</summary>
    Task AppendAuditAsync(AuditRow row, CancellationToken cancel);

    /// <summary>Newest first; examines at most 20,000 rows, so that a page may be short with a cursor set.</summary>
    Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel);

    /// <summary>
    /// Writes that a silo is alive. Where its own last sign, or that of any silo, is longer ago than <paramref name="outageAfter"/>, the outage is stored in the same
    /// transaction: once the sign of life is there, nobody could tell any more. One that arrives late takes back none that overtook it. A store that has but one silo knows no others.
    /// </summary>
    Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel);

    /// <summary>A silo that serves no more, without a word: the time from its last sign, <paramref name="alive"/>, until <paramref name="now"/> is an outage. Not where it gave one since, or was found before.</summary>
    Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel);

    /// <summary>A silo that leaves and says so: its executions are served elsewhere at once, its silence is no outage.</summary>
    Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// The newest signs of life, by silo; those of the last 100 silos. May be asked before <see cref="MigrateAsync"/>, of a schema of any age: none where there is no schema yet, and none of a
    /// file that only one silo may open.
    /// </summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel);

    /// <summary>The newest outages, by their ends, oldest first.</summary>
    Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel);

    /// <summary>
    /// Deletes what no reader needs any more: heartbeats of silos older than 7 days, outages beyond the newest 1,000 (100 or more at once), and figures by the minute
    /// older than 8 days (those by the hour stay), and tombstones that have expired. In small transactions, so that commits do not wait for it.
    /// </summary>
    /// <exception cref="StoreException">The store is away; what is left is deleted next time.</exception>
    Task PruneAsync(DateTimeOffset now, CancellationToken cancel);

    /// <summary>Returns where the store answers; costs next to nothing, however large it is.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    Task PingAsync(CancellationToken cancel);

    /// <summary>Kind, engine version, schema version and size on disk, for which a database's files are walked.</summary>
    Task<StoreDescription> DescribeAsync(CancellationToken cancel);
}
