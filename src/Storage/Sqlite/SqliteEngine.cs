using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>The SQLite library of this process: the machine's own where it is newer than the packaged one.</summary>
public static class SqliteEngine
{
    private const string Packaged = "e_sqlite3";
    private const string System = "libsqlite3.so.0";

    private static readonly Lazy<(string Source, string Version)> Chosen = new(Choose);

    /// <summary><c>packaged</c> or <c>system</c>.</summary>
    public static string Source => Chosen.Value.Source;

    public static string Version => Chosen.Value.Version;

    private static (string Source, string Version) Choose()
    {
        var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        var packaged = VersionOf(Packaged, provider);
        var system = VersionOf(System, provider);
        var takesSystem = system > packaged;
        if (takesSystem)
        {
            NativeLibrary.SetDllImportResolver(
                provider, (name, _, _) => name == Packaged ? NativeLibrary.Load(System) : IntPtr.Zero);
        }

        Batteries_V2.Init();
        // Nobody asks how much memory it has taken, and counting that is a lock of the whole process at every allocation.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return (takesSystem ? "system" : "packaged", raw.sqlite3_libversion().utf8_to_string());
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionNumber();

    /// <summary>As sqlite3_libversion_number gives it; 0 where there is no such library.</summary>
    private static int VersionOf(string library, Assembly provider)
    {
        if (!NativeLibrary.TryLoad(library, provider, null, out var handle))
        {
            return 0;
        }

        return NativeLibrary.TryGetExport(handle, "sqlite3_libversion_number", out var version)
            ? Marshal.GetDelegateForFunctionPointer<VersionNumber>(version)()
            : 0;
    }
}
