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
}
