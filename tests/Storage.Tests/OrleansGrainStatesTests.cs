using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Orleans's grain storage on our table. A statement that changed nothing returns no row, which the provider treats as a conflict.</summary>
public sealed class OrleansGrainStatesTests : OrleansTables
{
    private static readonly (string, object?)[] Janitor = Named("janitor/3");

    [Fact]
    public async Task A_state_that_was_never_written_has_no_row() => Assert.Empty(await Provider.RunAsync("ReadFromStorageKey", Janitor));

    [Fact]
    public async Task A_state_is_read_with_the_version_of_its_write()
    {
        var version = await Write(Janitor, null, 1, 2);
        var row = Assert.Single(await Provider.RunAsync("ReadFromStorageKey", Janitor));
        Assert.Equal([1, 2], (byte[])row["PayloadBinary"]);
        Assert.Equal(version, row["Version"]);
    }

    [Fact]
    public async Task A_second_first_write_is_refused()
    {
        Assert.NotNull(await Write(Janitor, null, 1));
        Assert.Null(await Write(Janitor, null, 2));
        Assert.Equal([1], await Read(Janitor));
    }

    [Fact]
    public async Task A_write_with_a_stale_version_is_refused()
    {
        var first = await Write(Janitor, null, 1);
        var second = await Write(Janitor, first, 2);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        Assert.Null(await Write(Janitor, first, 3));
        Assert.Equal([2], await Read(Janitor));
    }

    [Fact]
    public async Task Of_many_writers_that_read_the_same_version_one_wins()
    {
        var first = await Write(Janitor, null, 1);
        Assert.Single(await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Write(Janitor, first, (byte)i))), won => won is not null);
        Assert.Single(await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Write(Named("janitor/4"), null, (byte)i))), won => won is not null);
    }

    [Fact]
    public async Task A_cleared_state_keeps_a_version_on_which_the_next_write_is_based()
    {
        var first = await Write(Janitor, null, 1);
        Assert.Null(await Change("ClearStorageKey", Janitor, first + 1));
        var cleared = await Change("ClearStorageKey", Janitor, first);
        var row = Assert.Single(await Provider.RunAsync("ReadFromStorageKey", Janitor));
        Assert.Equal((DBNull.Value, cleared), (row["PayloadBinary"], row["Version"]));
        Assert.Null(await Write(Janitor, null, 2));
        Assert.NotNull(await Write(Janitor, cleared, 2));
    }

    [Fact]
    public async Task A_deleted_state_is_gone_and_its_version_matches_no_later_row()
    {
        var first = await Write(Janitor, null, 1);
        Assert.Null(await Change("DeleteStorageKey", Janitor, first + 1));
        var deleted = await Change("DeleteStorageKey", Janitor, first);
        Assert.NotNull(deleted);
        Assert.NotEqual(first, deleted);
        Assert.Empty(await Provider.RunAsync("ReadFromStorageKey", Janitor));
        Assert.NotNull(await Write(Janitor, null, 2));
        Assert.Null(await Write(Janitor, first, 3));
        Assert.Null(await Write(Janitor, deleted, 3));
    }

    [Fact]
    public async Task Grains_are_distinguished_by_every_value_that_the_provider_binds()
    {
        (string, object?)[][] grains =
        [
            Named("abd"), Named("ABD"), Named("abd "), Named("+abd"), Named(""), Named(null), Numbered(0, 1, null), Numbered(1, 0, null), Numbered(0, 1, ""),
            Numbered(0, 1, "abd"),
            [.. Named("abd"), ("GrainTypeString", "other")], [.. Named("abd"), ("ServiceId", "other")], [.. Named("abd"), ("GrainIdHash", 99)],
        ];
        for (var i = 0; i < grains.Length; i++)
        {
            Assert.NotNull(await Write(grains[i], null, (byte)i));
        }

        for (var i = 0; i < grains.Length; i++)
        {
            Assert.Equal([(byte)i], await Read(grains[i]));
        }
    }

    private static (string, object?)[] Named(string? key) => Numbered(0, 0, key);

    private static (string, object?)[] Numbered(long n0, long n1, string? extension) =>
        [("GrainIdN0", n0), ("GrainIdN1", n1), ("GrainIdExtensionString", extension)];

    private Task<int?> Write((string, object?)[] grain, int? version, params byte[] state) =>
        Change("WriteToStorageKey", [.. grain, ("PayloadBinary", state)], version);

    private async Task<int?> Change(string key, (string, object?)[] grain, int? version) =>
        (await Provider.RunAsync(key, [.. grain, ("GrainStateVersion", version)])).SingleOrDefault() is { } row ? (int)row.Values.First() : null;

    private async Task<byte[]> Read((string, object?)[] grain) => (byte[])(await Provider.RunAsync("ReadFromStorageKey", grain)).Single()["PayloadBinary"];
}
