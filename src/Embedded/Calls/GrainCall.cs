namespace ExecutionGrains.Embedded;

/// <summary>
/// One call on its way through an activation. A call that ends within its first turn, run on the caller's own thread,
/// needs nothing but itself and its turn; any other gets a promise and a deadline.
/// </summary>
internal abstract class GrainCall
{
    private static readonly Action<object?> RunTurn = static call => ((GrainCall)call!).Run();
    private static readonly Action<Task, object?> FinishCall = static (task, call) => ((GrainCall)call!).Finish(task);

    private Task? _ended;

    protected GrainCall() => Turn = new Task(RunTurn, this, CancellationToken.None, TaskCreationOptions.DenyChildAttach);

    public GrainMethod Method { get; set; } = null!;

    public Activation Activation { get; set; } = null!;

    /// <summary>The turn in which the call begins. It carries the caller's execution context.</summary>
    public Task Turn { get; }

    /// <summary>Set under the activation's lock, when the call is counted among the running ones.</summary>
    public bool IsRunning { get; set; }

    /// <summary>What the caller awaits.</summary>
    public Task Outcome => _ended ?? Promised;

    public abstract bool IsSettled { get; }

    protected abstract Task Promised { get; }

    internal GrainCall? Earlier { get; set; }

    internal GrainCall? Later { get; set; }

    internal CallDeadlines? Deadlines { get; set; }

    /// <summary>When the wait began, in the clock's timestamps.</summary>
    internal long WaitingSince { get; set; }

    /// <summary>From here on the caller awaits a promise. Once per call, before anyone else can settle it.</summary>
    public void Promise(CallDeadlines deadlines)
    {
        if (!HasPromise)
        {
            CreatePromise();
            deadlines.Add(this);
        }
    }

    public void Fail(Exception exception)
    {
        Deadlines?.Remove(this);
        TryFail(exception);
    }

    public void TimeOut(TimeSpan timeout)
    {
        if (TryFail(new TimeoutException($"Response did not arrive on time in {timeout} for {Method.Name} of grain {Activation.Id}.")))
        {
            Activation.Abandon(this);
        }
    }

    /// <summary>For a call that was never submitted.</summary>
    public Task Refuse(Exception exception) => Faulted(exception);

    protected abstract bool HasPromise { get; }

    protected abstract void CreatePromise();

    protected abstract Task Invoke(object grain);

    protected abstract bool TryFail(Exception exception);

    protected abstract void Settle(Task ended);

    /// <summary>The ended task with its result copied.</summary>
    protected abstract Task Copied(Task ended);

    private void Run()
    {
        var task = Begin();
        if (task.IsCompleted)
        {
            Finish(task);
            return;
        }

        Promise(Activation.Silo.Deadlines);
        task.ContinueWith(
            FinishCall, this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
    }

    private Task Begin()
    {
        try
        {
            return Invoke(Activation.Instance)
                ?? throw new InvalidOperationException($"{Method.Name} of grain {Activation.Id} returned null instead of a task.");
        }
        catch (Exception exception)
        {
            return Faulted(exception);
        }
    }

    protected abstract Task Faulted(Exception exception);

    private void Finish(Task task)
    {
        Activation.End(this, task.IsFaulted ? task.Exception!.InnerException : null);
        var ended = Activation.Silo.Options.CopyArguments ? Copied(task) : task;
        if (HasPromise)
        {
            Deadlines?.Remove(this);
            Settle(ended);
        }
        else
        {
            _ended = ended;
        }
    }
}
