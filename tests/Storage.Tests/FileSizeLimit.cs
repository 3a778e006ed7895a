using System.Runtime.InteropServices;

namespace ExecutionGrains.Storage.Tests;

/// <summary>
/// Limits the size of every file that this process writes, until disposed: writes beyond it fail like those of a broken disk. Test classes that use it, or
/// write files beside it, are in one collection.
/// </summary>
internal sealed partial class FileSizeLimit : IDisposable
{
    private const int FileSize = 1;
    private const int SizeExceeded = 25;

    // By default the signal ends the process. It is handled some time after the write has failed, so the handler is never removed.
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
