namespace ExecutionGrains.Client.Reporting;

/// <summary>An event on its way, and the promise of its answer where somebody waits for it.</summary>
internal sealed record PendingEvent(ExecutionEvent Event, TaskCompletionSource<EventAnswer>? Waiter = null)
{
    /// <summary>About how many bytes it takes in memory and on the wire; never much too few.</summary>
    public int Size { get; } = 512 + Event switch
    {
        ExecutionEvent.Log log => (log.Message.Length + (log.Source?.Length ?? 0)) * 3,
        ExecutionEvent.StepStarted step => (step.Input?.Length ?? 0) + (step.Block.Length * 3),
        ExecutionEvent.StepCompleted step => (step.Output?.Length ?? 0) + (step.Error?.Length ?? 0),
        ExecutionEvent.ExecutionCompleted end => (end.Output?.Length ?? 0) + (end.Error?.Length ?? 0),
        _ => 0,
    };
}
