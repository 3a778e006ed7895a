namespace ExecutionGrains.Client.Reporting;

/// <summary>Whether an execution records step payloads, and whether it has already logged that it does not.</summary>
internal sealed class TraceNotice(bool isExplicit)
{
    private int _told;

    public bool IsExplicit => isExplicit;

    /// <summary>True at the first call only.</summary>
    public bool IsFirst() => Interlocked.Exchange(ref _told, 1) == 0;
}
