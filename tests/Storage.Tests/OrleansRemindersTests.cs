using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Orleans's reminders on our table.</summary>
public sealed class OrleansRemindersTests : OrleansTables
{
    private static readonly DateTime T0 = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_reminder_round_trips()
    {
        var version = await Upsert("janitor/3", "sweep", hash: 5, period: 60_000);
        var row = Assert.Single(await Provider.RunAsync("ReadReminderRowKey", ("GrainId", "janitor/3"), ("ReminderName", "sweep")));
        Assert.Equal(["janitor/3", "sweep", T0, 60_000L, version], row.Values);
    }

    [Fact]
    public async Task A_missing_reminder_has_no_row() =>
        Assert.Empty(await Provider.RunAsync("ReadReminderRowKey", ("GrainId", "janitor/3"), ("ReminderName", "sweep")));

    [Fact]
    public async Task A_period_longer_than_24_days_is_a_long()
    {
        var period = (long)TimeSpan.FromDays(30).TotalMilliseconds;
        await Upsert("janitor/3", "sweep", hash: 5, period);
        Assert.Equal(period, (await Provider.RunAsync("ReadReminderRowsKey", ("GrainId", "janitor/3"))).Single()["Period"]);
    }

    [Fact]
    public async Task Each_write_gives_a_new_version_and_only_the_last_one_removes()
    {
        var first = await Upsert("janitor/3", "sweep");
        var second = await Upsert("janitor/3", "sweep");
        Assert.NotEqual(first, second);
        Assert.False(await Delete("janitor/3", "sweep", first));
        Assert.True(await Delete("janitor/3", "sweep", second));
        Assert.False(await Delete("janitor/3", "sweep", second));
    }

    [Fact]
    public async Task A_version_from_before_a_removal_does_not_remove_a_later_reminder()
    {
        var first = await Upsert("janitor/3", "sweep");
        await Delete("janitor/3", "sweep", first);
        await Upsert("janitor/3", "sweep");
        Assert.False(await Delete("janitor/3", "sweep", first));
    }

    [Theory]
    [InlineData(0u, 10u, "ReadRangeRows1Key", "b c")]
    [InlineData(1u, 2u, "ReadRangeRows1Key", "c")]
    [InlineData(10u, 0u, "ReadRangeRows2Key", "a d e")]
    [InlineData(2u, 2u, "ReadRangeRows2Key", "a b c d e")]
    // Beyond the middle of the unsigned ring, where the signed one wraps.
    [InlineData(2u, 0x8000_0000u, "ReadRangeRows2Key", "d")]
    [InlineData(0x8000_0000u, 0xFFFF_FFFFu, "ReadRangeRows1Key", "e")]
    [InlineData(0x8000_0000u, 1u, "ReadRangeRows1Key", "a b e")]
    [InlineData(2u, 0x7FFF_FFFFu, "ReadRangeRows1Key", "")]
    public async Task A_range_is_open_at_its_beginning_closed_at_its_end_and_wraps_around(uint begin, uint end, string key, string found)
    {
        foreach (var (grain, hash) in new[] { ("a", 0u), ("b", 1u), ("c", 2u), ("d", 0x8000_0000u), ("e", 0xFFFF_FFFFu) })
        {
            await Upsert(grain, "sweep", unchecked((int)hash));
        }

        // The provider chooses the statement by comparing the signed hashes.
        Assert.Equal(key, unchecked((int)begin < (int)end) ? "ReadRangeRows1Key" : "ReadRangeRows2Key");
        var rows = await Provider.RunAsync(key, ("BeginHash", unchecked((int)begin)), ("EndHash", unchecked((int)end)));
        Assert.Equal(found, string.Join(' ', rows.Select(r => r["GrainId"]).Order()));
    }

    [Fact]
    public async Task Grains_and_services_are_distinguished_by_every_character()
    {
        await Upsert("janitor/a", "sweep");
        await Upsert("janitor/A", "sweep");
        await Provider.RunAsync("UpsertReminderRowKey", ("ServiceId", "X"), ("GrainId", "janitor/a"), ("ReminderName", "sweep"), ("StartTime", T0));
        Assert.Single(await Provider.RunAsync("ReadReminderRowsKey", ("GrainId", "janitor/a")));
        await Provider.RunAsync("DeleteReminderRowsKey");
        Assert.Empty(await Provider.RunAsync("ReadReminderRowsKey", ("GrainId", "janitor/a")));
        Assert.Single(await Provider.RunAsync("ReadReminderRowsKey", ("ServiceId", "X"), ("GrainId", "janitor/a")));
    }

    private async Task<int> Upsert(string grain, string name, int hash = 1, object? period = null) => (int)(await Provider.RunAsync(
        "UpsertReminderRowKey",
        ("GrainHash", hash),
        ("GrainId", grain),
        ("ReminderName", name),
        ("StartTime", T0),
        ("Period", period ?? 60_000))).Single()["Version"];

    private Task<bool> Delete(string grain, string name, int version) =>
        Provider.AsksAsync("DeleteReminderRowKey", ("GrainId", grain), ("ReminderName", name), ("Version", version));
}
