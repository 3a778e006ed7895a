using System.Diagnostics;

namespace ExecutionGrains.Faults;

/// <summary>Small disks, and full ones.</summary>
internal static class Disk
{
    /// <summary>Writes a file until nothing more fits.</summary>
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
            // Full: what the test wants.
        }
    }

    /// <summary>Whether a process may have a mount namespace of its own here.</summary>
    public static bool HasNamespaces => Run("unshare", "--map-root-user", "--mount", "true");

    /// <summary>Mounts a file system of this size; false where this machine does not let us.</summary>
    public static bool TryMount(string folder, string size) => Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);

    public static void Unmount(string folder) => Run("umount", folder);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
