namespace ExecutionGrains.Embedded;

/// <summary>The base of the emitted call types: one per interface method, a public field per argument.</summary>
internal abstract class GrainCall<TResult> : GrainCall
{
    private TaskCompletionSource<TResult>? _promise;

    public override bool IsSettled => _promise?.Task.IsCompleted ?? false;

    protected override Task Promised => _promise!.Task;

    protected override bool HasPromise => _promise is not null;

    protected override void CreatePromise() => _promise = new(Activation.Silo.Options.PromiseOptions);

    protected override bool TryFail(Exception exception) => _promise!.TrySetException(exception);

    protected override Task Faulted(Exception exception) => Task.FromException<TResult>(exception);

    protected override Task Copied(Task ended) =>
        ended is Task<TResult> { IsCompletedSuccessfully: true } task ? Task.FromResult(Method.CopyResult(task.Result)) : ended;

    protected override void Settle(Task ended)
    {
        if (ended.IsCompletedSuccessfully)
        {
            _promise!.TrySetResult(ended is Task<TResult> task ? task.Result : default!);
        }
        else if (ended.IsCanceled)
        {
            _promise!.TrySetCanceled();
        }
        else
        {
            _promise!.TrySetException(ended.Exception!.InnerExceptions);
        }
    }
}
