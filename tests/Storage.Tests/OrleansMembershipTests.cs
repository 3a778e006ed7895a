using ExecutionGrains.Storage.Postgres;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Orleans's membership protocol on our tables.</summary>
public sealed class OrleansMembershipTests : OrleansTables
{
    private const int Joining = 2;
    private const int Active = 3;
    private const int Dead = 6;
    private static readonly DateTime T0 = new(2026, 3, 1, 12, 0, 0, 123, 456, DateTimeKind.Utc);

    [Fact]
    public async Task A_cluster_begins_once_at_version_0_without_members()
    {
        Assert.True(await Provider.AsksAsync("InsertMembershipVersionKey"));
        Assert.False(await Provider.AsksAsync("InsertMembershipVersionKey"));
        var row = Assert.Single(await Provider.RunAsync("MembershipReadAllKey"));
        Assert.Equal((0, DBNull.Value), (row["Version"], row["StartTime"]));
    }

    [Fact]
    public async Task A_joining_silo_round_trips()
    {
        await Begin();
        Assert.True(await Join(11111, version: 0));
        var row = Assert.Single(await Provider.RunAsync("MembershipReadRowKey", ("Address", "127.0.0.1"), ("Port", 11111), ("Generation", 7)));
        Assert.Equal(
            [1, "127.0.0.1", 11111, 7, "silo", "host", Joining, 30000, DBNull.Value, T0, T0.AddSeconds(1)],
            row.Values);
        Assert.Equal(DateTimeKind.Utc, ((DateTime)row["StartTime"]).Kind);
    }

    [Fact]
    public async Task A_silo_joins_once_and_a_second_insert_changes_nothing()
    {
        await Begin();
        Assert.True(await Join(11111, version: 0));
        Assert.False(await Join(11111, version: 1));
        Assert.Equal(1, await Version());
    }

    [Fact]
    public async Task An_old_version_inserts_and_updates_nothing()
    {
        await Begin();
        Assert.True(await Join(11111, version: 0));
        Assert.False(await Join(11112, version: 0));
        Assert.False(await Update(11111, Active, version: 0));
        Assert.Equal((1, Joining), (await Version(), (int)(await Members()).Single()["Status"]));
    }

    [Fact]
    public async Task An_update_writes_status_suspicions_and_heartbeat_and_increments_the_version()
    {
        await Begin();
        await Join(11111, version: 0);
        Assert.True(await Update(11111, Dead, version: 1, suspects: "127.0.0.1:11112@8,2026-03-01 12:00:00.000 GMT"));
        var row = (await Members()).Single();
        Assert.Equal(
            (2, Dead, "127.0.0.1:11112@8,2026-03-01 12:00:00.000 GMT", T0.AddMinutes(5)),
            (row["Version"], row["Status"], row["SuspectTimes"], row["IAmAliveTime"]));
    }

    [Fact]
    public async Task A_silo_that_is_not_a_member_is_not_updated()
    {
        await Begin();
        Assert.False(await Update(11111, Active, version: 0));
        Assert.Equal(0, await Version());
    }

    [Fact]
    public async Task Of_many_silos_that_read_the_same_version_one_gets_in()
    {
        await Begin();
        var joined = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Join(11111 + i, version: 0)));
        Assert.Single(joined, won => won);
        Assert.Equal((1, 1), (await Version(), (await Members()).Count));
    }

    [Fact]
    public async Task A_heartbeat_changes_neither_the_version_nor_other_columns()
    {
        await Begin();
        await Join(11111, version: 0);
        await Provider.RunAsync("UpdateIAmAlivetimeKey", ("Address", "127.0.0.1"), ("Port", 11111), ("Generation", 7), ("IAmAliveTime", T0.AddHours(1)));
        var row = (await Members()).Single();
        Assert.Equal((1, Joining, T0.AddHours(1)), (row["Version"], row["Status"], row["IAmAliveTime"]));
    }

    [Fact]
    public async Task An_unknown_silo_is_read_as_the_version_only()
    {
        await Begin();
        await Join(11111, version: 0);
        var row = Assert.Single(await Provider.RunAsync("MembershipReadRowKey", ("Address", "127.0.0.1"), ("Port", 11112), ("Generation", 7)));
        Assert.Equal((1, DBNull.Value), (row["Version"], row["StartTime"]));
    }

    [Fact]
    public async Task Gateways_are_listed_for_silos_of_the_requested_status_that_have_one()
    {
        await Begin();
        await Join(11111, version: 0, status: Active);
        await Join(11112, version: 1, status: Active, proxyPort: 0);
        await Join(11113, version: 2, status: Dead);
        var row = Assert.Single(await Provider.RunAsync("GatewaysQueryKey", ("Status", Active)));
        Assert.Equal(["127.0.0.1", 30000, 7], row.Values);
    }

    [Fact]
    public async Task Inactive_entries_without_a_recent_heartbeat_are_removed()
    {
        await Begin();
        for (var status = 0; status <= Dead; status++)
        {
            await Join(11000 + status, version: status, status: status);
        }

        await Join(12000, version: Dead + 1, status: Dead, alive: T0.AddDays(1));
        // A joining silo has no heartbeat yet, but started just now.
        await Join(12001, version: Dead + 2, status: Joining, alive: DateTime.UnixEpoch, start: T0.AddDays(1));
        await Provider.RunAsync("CleanupDefunctSiloEntriesKey", ("IAmAliveTime", T0.AddHours(1)));
        Assert.Equal([11003, 12000, 12001], (await Members()).Select(m => (int)m["Port"]).Order());
    }

    [Fact]
    public async Task Deleting_the_entries_increments_the_version()
    {
        await Begin();
        await Join(11111, version: 0);
        await Provider.RunAsync("DeleteMembershipTableEntriesKey");
        Assert.Empty(await Members());
        Assert.False(await Join(11111, version: 1));
        Assert.True(await Join(11111, version: 2));
    }

    [Fact]
    public async Task A_store_that_is_marked_as_restored_has_no_members()
    {
        await Begin();
        await Join(11111, version: 0);
        await using (var store = new PostgresStore(new() { ConnectionString = Database }))
        {
            await store.MigrateAsync(CancellationToken.None);
            await store.MarkRestoredAsync(CancellationToken.None);
        }

        Assert.Empty(await Members());
        Assert.False(await Join(11112, version: 1));
        Assert.True(await Join(11112, version: 2));
    }

    [Fact]
    public async Task Clusters_do_not_see_each_other_and_their_names_are_compared_exactly()
    {
        await Begin();
        await Join(11111, version: 0);
        Assert.True(await Provider.AsksAsync("InsertMembershipVersionKey", ("DeploymentId", "X")));
        var other = Assert.Single(await Provider.RunAsync("MembershipReadAllKey", ("DeploymentId", "X")));
        Assert.Equal((0, DBNull.Value), (other["Version"], other["StartTime"]));
        await Provider.RunAsync("DeleteMembershipTableEntriesKey", ("DeploymentId", "X"));
        await Provider.RunAsync("CleanupDefunctSiloEntriesKey", ("DeploymentId", "X"), ("IAmAliveTime", T0.AddDays(1)));
        Assert.Single(await Members());
    }

    private Task Begin() => Provider.RunAsync("InsertMembershipVersionKey");

    private Task<bool> Join(int port, int version, int status = Joining, int proxyPort = 30000, DateTime? alive = null, DateTime? start = null) =>
        Provider.AsksAsync(
            "InsertMembershipKey",
            ("Address", "127.0.0.1"),
            ("Port", port),
            ("Generation", 7),
            ("SiloName", "silo"),
            ("HostName", "host"),
            ("Status", status),
            ("ProxyPort", proxyPort),
            ("StartTime", start ?? T0),
            ("IAmAliveTime", alive ?? T0.AddSeconds(1)),
            ("Version", version));

    private Task<bool> Update(int port, int status, int version, string? suspects = null) => Provider.AsksAsync(
        "UpdateMembershipKey",
        ("Address", "127.0.0.1"),
        ("Port", port),
        ("Generation", 7),
        ("Status", status),
        ("SuspectTimes", suspects),
        ("IAmAliveTime", T0.AddMinutes(5)),
        ("Version", version));

    private async Task<int> Version() => (int)(await Provider.RunAsync("MembershipReadAllKey"))[0]["Version"];

    private async Task<IReadOnlyList<IReadOnlyDictionary<string, object>>> Members() =>
        [.. (await Provider.RunAsync("MembershipReadAllKey")).Where(m => m["StartTime"] is DateTime)];
}
