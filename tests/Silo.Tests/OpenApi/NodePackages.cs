using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests.OpenApi;

/// <summary>
/// The npm packages of <c>Clients/package-lock.json</c>, installed once into <c>artifacts/openapi</c>, and again when the lock file changes. Install scripts
/// of packages are not run.
/// </summary>
internal static class NodePackages
{
    private const int NodeMajorLeast = 20;

    private static readonly Lazy<Task<string?>> Missing = new(MissingAsync);
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    public static string Source { get; } = Repository.File("tests/Silo.Tests/OpenApi/Clients");

    /// <summary>The folder with <c>node_modules</c>. Without Node the test is skipped.</summary>
    public static async Task<string> FolderAsync()
    {
        Assert.SkipWhen(await Missing.Value is { }, await Missing.Value ?? "");
        return await Installed.Value;
    }

    /// <summary>The program of a package.</summary>
    public static string Tool(string folder, string name) => Path.Combine(folder, "node_modules", ".bin", name);

    private static async Task<string?> MissingAsync()
    {
        if (await Command.VersionAsync("node") is not { } version || await Command.VersionAsync("npm") is null)
        {
            return $"This machine has no Node.js with npm on the PATH; version {NodeMajorLeast} or later is needed.";
        }

        return int.TryParse(version.TrimStart('v').Split('.')[0], out var major) && major >= NodeMajorLeast
            ? null
            : $"Node.js {version} is too old; version {NodeMajorLeast} or later is needed.";
    }

    private static async Task<string> InstallAsync()
    {
        var folder = Directory.CreateDirectory(Repository.File("artifacts/openapi")).FullName;
        var (wanted, done) = (await File.ReadAllTextAsync(Path.Combine(Source, "package-lock.json")), Path.Combine(folder, "installed-lock.json"));
        if (!File.Exists(done) || await File.ReadAllTextAsync(done) != wanted)
        {
            File.Delete(done);
            File.Copy(Path.Combine(Source, "package.json"), Path.Combine(folder, "package.json"), overwrite: true);
            File.Copy(Path.Combine(Source, "package-lock.json"), Path.Combine(folder, "package-lock.json"), overwrite: true);
            await Command.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], folder);
            await File.WriteAllTextAsync(done, wanted);
        }

        return folder;
    }
}
