using System.Text;
using ExecutionGrains.Storage.Sqlite;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

[Collection(nameof(FileSizeLimit))]
public sealed class SqliteBackupTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string directory = Directory.CreateTempSubdirectory("storage-backup-").FullName;
    private SqliteStore store = null!;

    private string BackupPath => Path.Combine(directory, "backup.sqlite");

    private string DatabasePath => Path.Combine(directory, "db.sqlite");

    public async ValueTask InitializeAsync()
    {
        store = new(new() { Path = DatabasePath });
        await store.MigrateAsync(None);
        await store.CommitAsync([First(State("x"), History(1, "e1"))], None);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_backup_is_one_complete_file_that_is_marked_as_a_copy()
    {
        var made = SqliteBackup.Take(DatabasePath, BackupPath);

        Assert.Equal((BackupPath, new FileInfo(BackupPath).Length), (made.Path, made.Bytes));
        Assert.Equal([BackupPath], Directory.GetFiles(directory, "backup*"));
        await using var copy = new SqliteStore(new() { Path = BackupPath });
        await copy.MigrateAsync(None);
        Assert.Equal("ok", await copy.IntegrityAsync());
        Assert.NotNull(await copy.LoadAsync(new("x"), None));
        Assert.NotEqual(string.Empty, await Mark(copy));
        Assert.Equal(string.Empty, await Mark(store));
    }

    [Fact]
    public async Task Each_restore_has_its_own_mark_and_keeps_the_replaced_database_with_its_log()
    {
        SqliteBackup.Take(DatabasePath, BackupPath);
        await store.CommitAsync([First(State("y"))], None);
        var held = Assert.Throws<StoreException>(() => SqliteBackup.Restore(BackupPath, DatabasePath, T0));
        Assert.Contains("is held by", held.Message);
        await store.DisposeAsync();
        await File.WriteAllTextAsync(DatabasePath + "-wal", "of a silo that was killed", None);

        var kept = SqliteBackup.Restore(BackupPath, DatabasePath, T0);

        Assert.Equal((DatabasePath + ".before-20260301T100000Z", "of a silo that was killed"), (kept, await File.ReadAllTextAsync(kept + "-wal", None)));
        store = new(new() { Path = DatabasePath });
        await store.MigrateAsync(None);
        Assert.NotNull(await store.LoadAsync(new("x"), None));
        Assert.Null(await store.LoadAsync(new("y"), None));
        await using var copy = new SqliteStore(new() { Path = BackupPath });
        await copy.MigrateAsync(None);
        Assert.NotEqual(await Mark(copy), await Mark(store));
    }

    /// <param name="moved">
    /// How many files of the previous database had been moved when the process ended: its log, its shared memory, the database itself.
    /// </param>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_restore_that_a_crash_interrupts_is_completed_by_the_next_start_and_loses_neither_database(int moved)
    {
        SqliteBackup.Take(DatabasePath, BackupPath);
        await store.CommitAsync([First(State("y"))], None);
        await store.DisposeAsync();
        await File.WriteAllTextAsync(DatabasePath + "-wal", "of a silo that was killed", None);
        await File.WriteAllTextAsync(DatabasePath + "-shm", "its shared memory", None);
        File.Copy(BackupPath, DatabasePath + ".arriving-20260301T100000Z");
        var kept = DatabasePath + ".before-20260301T100000Z";
        foreach (var ending in new[] { "-wal", "-shm", string.Empty }.Take(moved))
        {
            File.Move(DatabasePath + ending, kept + ending);
        }

        store = new(new() { Path = DatabasePath });
        await store.MigrateAsync(None);

        Assert.NotNull(await store.LoadAsync(new("x"), None));
        Assert.Null(await store.LoadAsync(new("y"), None));
        Assert.Equal("of a silo that was killed", await File.ReadAllTextAsync(kept + "-wal", None));
        Assert.Empty(Directory.GetFiles(directory, "*.arriving-*"));
        File.Delete(kept + "-wal");
        File.Delete(kept + "-shm");
        await using var before = new SqliteStore(new() { Path = kept });
        await before.MigrateAsync(None);
        Assert.NotNull(await before.LoadAsync(new("y"), None));
    }

    [Fact]
    public async Task A_damaged_database_cannot_be_backed_up()
    {
        await store.CommitAsync([.. Enumerable.Range(0, 200).Select(i => First(State($"d{i}"), History(1, "e1")))], None);
        await store.DisposeAsync();
        using (var file = File.OpenHandle(DatabasePath, FileMode.Open, FileAccess.ReadWrite))
        {
            for (var page = 60; page < 70; page++)
            {
                RandomAccess.Write(file, Encoding.ASCII.GetBytes(new string('#', 4_096)), page * 4_096L);
            }
        }

        Assert.Throws<StoreException>(() => SqliteBackup.Take(DatabasePath, BackupPath));

        Assert.Empty(Directory.GetFiles(directory, "backup*"));
    }

    [Fact]
    public async Task A_foreign_database_is_neither_backed_up_nor_restored()
    {
        var path = Path.Combine(directory, "empty.sqlite");
        await File.WriteAllBytesAsync(path, [], None);

        var failure = Assert.Throws<StoreException>(() => SqliteBackup.Take(path, BackupPath));

        Assert.Equal($"{path} is not an ExecutionGrains database.", failure.Reason);
        await store.DisposeAsync();
        Assert.Throws<StoreException>(() => SqliteBackup.Restore(path, DatabasePath, T0));
        store = new(new() { Path = DatabasePath });
        await store.MigrateAsync(None);
        Assert.NotNull(await store.LoadAsync(new("x"), None));
    }

    [Fact]
    public void A_full_disk_leaves_no_partial_copy()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit on a file's size is set as Linux does it.");
        StoreException failure;
        using (new FileSizeLimit(64 * 1024))
        {
            failure = Assert.Throws<StoreException>(() => SqliteBackup.Take(DatabasePath, BackupPath));
        }

        Assert.Equal("back up", failure.Operation);
        Assert.Empty(Directory.GetFiles(directory, "backup*"));
    }

    private static async Task<string> Mark(SqliteStore of) => Encoding.ASCII.GetString(await of.SettingAsync(RestoreMark.Setting, () => [], None));
}
