using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Storage;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Who can open the silo's files.</summary>
[SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "Tests run where files have modes.")]
public sealed class FileModeTests : IDisposable
{
    private const UnixFileMode Wide = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode WideFolder = Wide | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string Nobody = "65534";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("eg-modes-");

    private string DataPath => Path.Combine(_folder.FullName, "deep", "data");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task D30_Files_that_a_first_start_creates_are_accessible_to_their_owner_only()
    {
        using var silo = Start();
        await silo.LineAsync("Dashboard: ", Cancel);

        var files = Directory.GetFiles(DataPath).ToDictionary(f => Path.GetFileName(f), File.GetUnixFileMode);
        string[] made =
        [
            "admin.key", "executiongrains.db", "executiongrains.db-shm", "executiongrains.db-wal",
            "executiongrains.db.holder", "executiongrains.db.lock", "master.key",
        ];
        Assert.Equal(made, files.Keys.Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal((f.Key, OwnerOnly.FileRights), (f.Key, f.Value)));
        Assert.Equal((OwnerOnly.FolderRights, OwnerOnly.FolderRights),
            (File.GetUnixFileMode(DataPath), File.GetUnixFileMode(Path.GetDirectoryName(DataPath)!)));
    }

    [Fact]
    public async Task D30_The_first_start_prints_where_the_key_is_and_never_the_key()
    {
        using var silo = Start();

        var lines = new List<string>();
        do
        {
            lines.Add(await silo.LineAsync(string.Empty, Cancel));
        }
        while (!lines[^1].StartsWith("Dashboard: ", StringComparison.Ordinal));

        var key = (await File.ReadAllTextAsync(Path.Combine(DataPath, "admin.key"), Cancel)).Trim();
        Assert.Contains(lines, line => line.Contains(Path.Combine(DataPath, "admin.key"), StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(key, StringComparison.Ordinal));
        Assert.Matches(@"^Dashboard: http://127\.0\.0\.1:\d+/\?code=[A-Za-z0-9_-]{43}$", lines[^1]);
    }

    [Theory]
    [InlineData(WideFolder)]
    [InlineData(OwnerOnly.FolderRights | UnixFileMode.GroupExecute)]
    [InlineData(OwnerOnly.FolderRights | UnixFileMode.OtherWrite)]
    public async Task D30_A_data_folder_that_others_can_access_and_that_no_start_created_is_refused(UnixFileMode mode)
    {
        Directory.CreateDirectory(DataPath);
        File.SetUnixFileMode(DataPath, mode);

        var failure = await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(Arguments));

        Assert.Contains($"run «chmod 700 {DataPath}»", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(DataPath));
        File.SetUnixFileMode(DataPath, OwnerOnly.FolderRights);
        await using var app = await SiloProgram.BuildAsync(Arguments);
    }

    [Fact]
    public async Task D30_A_folder_that_many_users_share_is_not_to_be_narrowed_but_left()
    {
        const UnixFileMode shared = (UnixFileMode)0b1_111_111_111;
        Directory.CreateDirectory(DataPath);
        File.SetUnixFileMode(DataPath, shared);

        var failure = await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(Arguments));

        Assert.DoesNotContain("chmod", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"such as {DataPath}/executiongrains", failure.Message, StringComparison.Ordinal);
        Assert.Equal(shared, File.GetUnixFileMode(DataPath));
    }

    [Fact]
    public async Task D30_Modes_of_an_earlier_versions_files_are_restricted_with_one_log_line()
    {
        await using (await SiloProgram.BuildAsync(Arguments))
        {
        }

        File.SetUnixFileMode(DataPath, WideFolder);
        string[] left = ["admin.key", "executiongrains.db", "executiongrains.db.lock", "executiongrains.db.before-20261101T000000Z"];
        foreach (var file in left.Select(name => Path.Combine(DataPath, name)))
        {
            await File.AppendAllTextAsync(file, string.Empty, Cancel);
            File.SetUnixFileMode(file, Wide);
        }

        using var silo = Start();
        var line = await silo.LineAsync("      Narrowed the modes of files and folders that other users could access: ", Cancel);

        Assert.All(left, name => Assert.Contains($"{name} (0644 to 0600)", line, StringComparison.Ordinal));
        Assert.Contains($"{DataPath} (0755 to 0700)", line, StringComparison.Ordinal);
        Assert.All(left, name => Assert.Equal(OwnerOnly.FileRights, File.GetUnixFileMode(Path.Combine(DataPath, name))));
        Assert.Equal(OwnerOnly.FolderRights, File.GetUnixFileMode(DataPath));
    }

    [Fact]
    public async Task D30_A_database_in_a_folder_that_others_can_write_to_is_refused()
    {
        var elsewhere = _folder.CreateSubdirectory("elsewhere").FullName;
        string[] arguments = [.. Arguments, $"--ExecutionGrains:Store:ConnectionString={Path.Combine(elsewhere, "x.db")}"];
        File.SetUnixFileMode(elsewhere, WideFolder | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.Contains(
            $"such as {elsewhere}/executiongrains/executiongrains.db",
            (await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(arguments))).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(elsewhere, WideFolder | UnixFileMode.OtherWrite);
        Assert.Contains(
            $"run «chmod 700 {elsewhere}»",
            (await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(arguments))).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(elsewhere, WideFolder);
        await using var app = await SiloProgram.BuildAsync(arguments);
        Assert.All(Directory.GetFiles(elsewhere), file => Assert.Equal(OwnerOnly.FileRights, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task D30_A_database_of_another_user_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
        await using (await SiloProgram.BuildAsync(Arguments))
        {
        }

        var database = Path.Combine(DataPath, "executiongrains.db");
        Assert.Equal(0, await RunAsync("chown", Nobody, database));

        Assert.Contains(
            $"{database} is another user's",
            (await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(Arguments))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D30_A_backup_and_a_restored_database_are_accessible_to_their_owner_only()
    {
        await using (await SiloProgram.BuildAsync(Arguments))
        {
        }

        var backup = Path.Combine(_folder.FullName, "backup.db");
        await StoreCommand.Find(["backup", backup, .. Arguments])!.RunAsync(TimeProvider.System, Cancel);
        Assert.Equal(OwnerOnly.FileRights, File.GetUnixFileMode(backup));
        File.SetUnixFileMode(backup, Wide);
        await StoreCommand.Find(["restore", backup, .. Arguments])!.RunAsync(TimeProvider.System, Cancel);

        Assert.All(Directory.GetFiles(DataPath), file => Assert.Equal((file, OwnerOnly.FileRights), (file, File.GetUnixFileMode(file))));
    }

    [Fact]
    public async Task D49_Another_user_can_neither_read_the_silos_files_nor_hold_its_lock()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/flock"),
            "Another user's deeds need root, setpriv and flock.");
        await using (await SiloProgram.BuildAsync(Arguments))
        {
        }

        // Other users can enter these folders here, so first each file's own mode protects it, and then the data folder's mode.
        File.SetUnixFileMode(_folder.FullName, WideFolder);
        File.SetUnixFileMode(Path.GetDirectoryName(DataPath)!, WideFolder);
        foreach (var mode in new[] { WideFolder, OwnerOnly.FolderRights })
        {
            File.SetUnixFileMode(DataPath, mode);
            foreach (var file in Directory.GetFiles(DataPath))
            {
                Assert.NotEqual(0, await AsNobodyAsync("cat", file));
                Assert.NotEqual(0, await AsNobodyAsync("flock", "--nonblock", file, "true"));
            }
        }

        // The same attempts succeed on an unprotected file, as earlier versions created it.
        var control = Path.Combine(_folder.FullName, "control");
        await File.WriteAllTextAsync(control, "open", Cancel);
        File.SetUnixFileMode(control, Wide);
        Assert.Equal((0, 0), (await AsNobodyAsync("cat", control), await AsNobodyAsync("flock", "--nonblock", control, "true")));
    }

    private string[] Arguments => [$"--ExecutionGrains:DataPath={DataPath}", "--ExecutionGrains:Urls=http://127.0.0.1:0"];

    private SiloProcess Start() => new(("ExecutionGrains__DataPath", DataPath), ("ExecutionGrains__Urls", "http://127.0.0.1:0"));

    private static Task<int> AsNobodyAsync(params string[] command) =>
        RunAsync("setpriv", [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command]);

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancel);
        return process.ExitCode;
    }
}
