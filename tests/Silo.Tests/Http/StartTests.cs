using System.Diagnostics.CodeAnalysis;
using ExecutionGrains.Hosting.Settings;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class StartTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-start-");

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public async Task A_silo_beyond_loopback_refuses_to_start_without_a_key(string urls)
    {
        var failure = await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(Arguments(urls)));

        Assert.Contains("ExecutionGrains__Auth__BootstrapKey", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_data.FullName, "admin.key")));
    }

    [Fact]
    [SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "Tests run where files have modes.")]
    public async Task A_first_start_on_loopback_creates_one_admin_key_for_its_owner_only()
    {
        var path = Path.Combine(_data.FullName, "admin.key");

        await using (await SiloProgram.BuildAsync(Arguments("http://127.0.0.1:0")))
        {
            Assert.Matches("^eg_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}\\s*$", await File.ReadAllTextAsync(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        var first = await File.ReadAllTextAsync(path);
        await using (await SiloProgram.BuildAsync(Arguments("http://127.0.0.1:0")))
        {
            Assert.Equal(first, await File.ReadAllTextAsync(path));
        }
    }

    [Theory]
    [InlineData("too-short")]
    [InlineData("thirty-two characters and a last blank ")]
    [InlineData("thirty-two-characters-and-more-é-é-é")]
    public async Task An_invalid_bootstrap_key_is_refused_without_showing_it(string key)
    {
        var failure = await Assert.ThrowsAsync<StartException>(() =>
            SiloProgram.BuildAsync([.. Arguments("http://127.0.0.1:0"), $"--ExecutionGrains:Auth:BootstrapKey={key}"]));

        Assert.Contains("BootstrapKey", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _data.Delete(recursive: true);

    private string[] Arguments(string urls) => [$"--ExecutionGrains:DataPath={_data.FullName}", $"--ExecutionGrains:Urls={urls}"];
}
