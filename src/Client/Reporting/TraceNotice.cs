namespace ExecutionGrains.Client.Reporting;

/// <summary>Whether an execution records its steps' payloads, and whether it has said that it does not.</summary>
internal sealed class TraceNotice(bool isExplicit)
{
    private int _told;

    public bool IsExplicit => isExplicit;

    /// <summary>True once.</summary>
    public bool IsFirst() => Interlocked.Exchange(ref _told, 1) == 0;
}
