using System.Security.Cryptography;

namespace ExecutionGrains.Samples.Importer;

/// <summary>Finds and hashes the files that the jobs work on.</summary>
internal static class SourceTree
{
    private static readonly string[] Skipped = ["bin", "obj", ".git", "node_modules", "data"];

    /// <summary>
    /// The files under a folder and its subfolders, without build output, at most <paramref name="countMax"/>. The files of each folder are sorted by name.
    /// </summary>
    public static List<FileInfo> Files(string folder, int countMax, params string[] extensions)
    {
        List<FileInfo> files = [];
        Stack<DirectoryInfo> folders = new([new DirectoryInfo(folder)]);
        while (files.Count < countMax && folders.TryPop(out var next))
        {
            files.AddRange(next.EnumerateFiles()
                .Where(file => extensions.Length == 0 || extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase))
                .OrderBy(file => file.Name, StringComparer.Ordinal));
            foreach (var child in next.EnumerateDirectories()
                .Where(child => !Skipped.Contains(child.Name)).OrderByDescending(child => child.Name, StringComparer.Ordinal))
            {
                folders.Push(child);
            }
        }

        return files[..Math.Min(countMax, files.Count)];
    }

    public static async Task<string> HashAsync(Stream content, CancellationToken cancellationToken) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));

    public static async Task<string> HashAsync(FileInfo file, CancellationToken cancellationToken)
    {
        await using var content = file.OpenRead();
        return await HashAsync(content, cancellationToken);
    }
}
