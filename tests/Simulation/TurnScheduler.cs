namespace ExecutionGrains.Simulation;

/// <summary>Runs the tasks of one activation one at a time, in order. The seed decides how the activations interleave.</summary>
internal sealed class TurnScheduler(SimulatedTime time) : TaskScheduler
{
    private readonly Queue<Task> _tasks = new();
    private bool _isScheduled;

    public override int MaximumConcurrencyLevel => 1;

    protected override void QueueTask(Task task)
    {
        if (!time.IsThread())
        {
            return;
        }

        _tasks.Enqueue(task);
        if (!_isScheduled)
        {
            Schedule();
        }
    }

    /// <summary>Runs a task inline only inside a turn of this activation; elsewhere it would run concurrently with one.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _tasks];

    private void Schedule()
    {
        _isScheduled = true;
        _ = Task.Factory.StartNew(RunNext, CancellationToken.None, TaskCreationOptions.DenyChildAttach, time);
    }

    private void RunNext()
    {
        TryExecuteTask(_tasks.Dequeue());
        _isScheduled = false;
        if (_tasks.Count > 0)
        {
            Schedule();
        }
    }
}
