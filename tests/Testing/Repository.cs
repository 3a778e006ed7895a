namespace ExecutionGrains.Testing;

/// <summary>Finds files of the repository, from any working directory of the tests.</summary>
public static class Repository
{
    /// <param name="path">Path relative to the repository's root.</param>
    public static string File(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "ExecutionGrains.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No ExecutionGrains.sln above the tests.");
        }

        return Path.Combine(folder, path);
    }

    /// <summary>The silo's program, built by <c>dotnet build src/Silo</c> in the tests' configuration.</summary>
    public static string SiloProgram { get; } = File(Path.Combine("src/Silo/bin", Configuration, "ExecutionGrains.Silo.dll"));

    /// <summary>For example <c>Release/net10.0</c>.</summary>
    private static string Configuration => string.Join('/', AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2..]);
}
