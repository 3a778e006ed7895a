namespace ExecutionGrains.Testing;

/// <summary>Finds files of the repository from wherever the tests run.</summary>
public static class Repository
{
    /// <param name="path">From the repository's folder.</param>
    public static string File(string path)
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "ExecutionGrains.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No ExecutionGrains.sln above the tests.");
        }

        return Path.Combine(folder, path);
    }

    /// <summary>The silo's program as <c>dotnet build src/Silo</c> makes it, in the configuration of the tests.</summary>
    public static string SiloProgram { get; } = File(Path.Combine("src/Silo/bin", Configuration, "ExecutionGrains.Silo.dll"));

    /// <summary>Such as <c>Release/net10.0</c>.</summary>
    private static string Configuration => string.Join('/', AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2..]);
}
