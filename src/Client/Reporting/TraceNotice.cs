namespace ExecutionGrains.Client.Reporting;

/// <summary>Whether an execution records step payloads, and whether it has already logged that it does not.</summary>
internal sealed class TraceNotice(bool isExplicit)
{
    private int _logged;

    public bool IsExplicit => isExplicit;

    /// <summary>True at the first call only.</summary>
    public bool TryMarkLogged() => Interlocked.Exchange(ref _logged, 1) == 0;
}
