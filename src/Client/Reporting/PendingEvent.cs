namespace ExecutionGrains.Client.Reporting;

/// <summary>An unanswered event, and the promise of its answer if a caller waits for it.</summary>
internal sealed record PendingEvent(ExecutionEvent Event, TaskCompletionSource<EventAnswer>? Waiter = null)
{
    /// <summary>Estimated size in bytes, in memory and on the wire. Rather too large than too small.</summary>
    public int Size { get; } = 512 + Event switch
    {
        ExecutionEvent.Log log => (log.Message.Length + (log.Source?.Length ?? 0)) * 3,
        ExecutionEvent.StepStarted step => (step.Input?.Length ?? 0) + (step.Block.Length * 3),
        ExecutionEvent.StepCompleted step => (step.Output?.Length ?? 0) + (step.Error?.Length ?? 0),
        ExecutionEvent.ExecutionCompleted end => (end.Output?.Length ?? 0) + (end.Error?.Length ?? 0),
        _ => 0,
    };
}
