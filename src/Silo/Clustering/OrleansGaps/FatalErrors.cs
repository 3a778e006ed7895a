using Orleans.Runtime;

namespace ExecutionGrains.Silo.Clustering.OrleansGaps;

/// <summary>
/// Ends the process with one line and exit code 1 when Orleans finds that its silo must not go on, for example because the cluster has declared it dead.
/// Orleans's own handler aborts the process (exit code 134) and dumps a stack, which an operator takes for a crash.
/// </summary>
public sealed class FatalErrors : IFatalErrorHandler
{
    private int _isEnding;

    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => true;

    /// <inheritdoc/>
    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0)
        {
            return;
        }

        Console.Error.WriteLine(Line(context, exception));
        // Not on Orleans's thread: the exit waits for handlers that may need it.
        new Thread(() => Environment.Exit(1)) { IsBackground = true }.Start();
    }

    internal static string Line(string? context, Exception? exception)
    {
        string[] parts = [context ?? "", exception?.Message ?? ""];
        var reason = string.Join(": ", parts.Where(part => part.Length > 0).Select(part => part.TrimEnd('.', ' ')));
        return $"ExecutionGrains ends, because Orleans cannot go on with this silo: {reason.ReplaceLineEndings(" ")}";
    }
}
