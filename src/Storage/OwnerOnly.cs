using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>
/// Files and folders that only their owner can access: modes 0600 and 0700. On Windows, a file inherits the access list of its folder; there, no method
/// changes or reports rights.
/// </summary>
public static class OwnerOnly
{
    /// <summary>0600.</summary>
    public const UnixFileMode FileRights = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>0700.</summary>
    public const UnixFileMode FolderRights = FileRights | UnixFileMode.UserExecute;

    private const UnixFileMode OthersMask = (UnixFileMode)0x3F;
    private const uint Umask = 0x3F;
    private const int CurrentFolder = -100;
    private const uint Basics = 0x7FF;
    private const int OwnerOffset = 20;

    /// <summary>
    /// Sets the umask of the process to 0077. All files that it creates from then on, including SQLite's, are accessible to their owner only.
    /// </summary>
    public static void RestrictProcess()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetUmask(Umask);
        }
    }

    /// <summary>Creates the folder and its missing parents, each with mode 0700. Does not change existing folders.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, FolderRights);
        }
    }

    /// <summary>Opens or creates a file. A created file has mode 0600, whatever the umask.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileRights;
        }

        return new FileStream(path, options);
    }

    /// <summary>The rights that group and others have on a file or folder. None on Windows.</summary>
    public static UnixFileMode OthersRights(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path) & OthersMask;

    /// <summary>The mode in chmod's octal notation, such as <c>0644</c>.</summary>
    [UnsupportedOSPlatform("windows")]
    public static string ModeText(string path) => "0" + Convert.ToString((int)File.GetUnixFileMode(path) & 0x1FF, 8).PadLeft(3, '0');

    /// <summary>The owner's user id. Null if it cannot be read: on Windows, on macOS and on a Linux without <c>statx</c>.</summary>
    public static uint? OwnerOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var status = new byte[256];
        try
        {
            return Statx(CurrentFolder, [.. Encoding.UTF8.GetBytes(path), 0], 0, Basics, status) == 0 ? BitConverter.ToUInt32(status, OwnerOffset) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the user of this process owns the file. True if the owner is unknown: if the user does not own it, changing the mode fails anyway.
    /// </summary>
    public static bool IsOurs(string path) => OwnerOf(path) is not { } owner || owner == EffectiveUser();

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint SetUmask(uint mask);

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint EffectiveUser();

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, byte[] status);
}
