using System.Runtime.InteropServices;

namespace ExecutionGrains.Storage.Tests;

/// <summary>
/// Until it is disposed, no file of this process grows beyond a size: writes there fail as a broken disk's do. Classes that use it, or write files beside it, are one collection.
/// </summary>
internal sealed partial class FileSizeLimit : IDisposable
{
    private const int FileSize = 1;
    private const int SizeExceeded = 25;

    // By default the signal ends the process. It is handled some time after the write has failed, so this is never taken back.
    private static readonly PosixSignalRegistration Ignored =
        PosixSignalRegistration.Create((PosixSignal)SizeExceeded, context => context.Cancel = true);

    private readonly Limit before;

    public FileSizeLimit(long bytes)
    {
        GC.KeepAlive(Ignored);
        Check(Get(FileSize, out before));
        Check(Set(FileSize, before with { Soft = (nuint)bytes }));
    }

    public void Dispose() => Check(Set(FileSize, before));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"The limit could not be set: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Get(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int Set(int resource, in Limit limit);

    private record struct Limit(nuint Soft, nuint Hard);
}
