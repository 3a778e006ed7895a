using System.Diagnostics;

namespace ExecutionGrains.Faults;

/// <summary>Creates small file systems and fills them.</summary>
internal static class Disk
{
    /// <summary>Writes a file until the disk is full.</summary>
    public static void FillUp(string path)
    {
        using var file = File.Create(path);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full, as intended.
        }
    }

    /// <summary>Whether a process may have its own mount namespace here.</summary>
    public static bool HasNamespaces => Run("unshare", "--map-root-user", "--mount", "true");

    /// <summary>Mounts a file system of this size; false if this machine does not allow it.</summary>
    public static bool TryMount(string folder, string size) => Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);

    public static void Unmount(string folder) => Run("umount", folder);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
