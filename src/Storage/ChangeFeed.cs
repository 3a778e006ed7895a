namespace ExecutionGrains.Storage;

/// <summary>
/// What this silo has committed and not yet announced, and what it hears of others' commits. It only makes things faster: a silo that hears nothing asks the store, as ever.
/// </summary>
public sealed class ChangeFeed
{
    /// <summary>Executions that wait to be announced by name; beyond it they are announced as everything. 2,000.</summary>
    public const int IdsMax = 2_000;

    private readonly Lock gate = new();
    private HashSet<ExecutionId> gathered = [];
    private bool isEverything;
    private TaskCompletionSource any = NewSignal();

    /// <summary>Other silos' changes, after they are durable. Raised on the thread that hears of them, in the order in which they were heard; a handler must not wait.</summary>
    public event Action<Changes>? Heard;

    /// <summary>To be announced. Never waits for anybody.</summary>
    public void Committed(Changes changes)
    {
        lock (gate)
        {
            if (!isEverything)
            {
                gathered.UnionWith(changes.Ids);
                if (changes.IsEverything || gathered.Count > IdsMax)
                {
                    (gathered, isEverything) = ([], true);
                }
            }

            if (isEverything || gathered.Count > 0)
            {
                any.TrySetResult();
            }
        }
    }

    /// <summary>Waits until there is something to announce, and takes it.</summary>
    internal async Task<Changes> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task waiting;
            lock (gate)
            {
                if (TryTake() is { } taken)
                {
                    return taken;
                }

                waiting = any.Task;
            }

            await waiting.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>What there is to announce; null: nothing.</summary>
    internal Changes? TryTake()
    {
        lock (gate)
        {
            if (!isEverything && gathered.Count == 0)
            {
                return null;
            }

            var taken = isEverything ? Changes.Everything : Changes.Of(gathered);
            (gathered, isEverything, any) = ([], false, NewSignal());
            return taken;
        }
    }

    internal void Hear(Changes changes) => Heard?.Invoke(changes);

    /// <summary>Who announces goes on elsewhere, never on the writer that committed.</summary>
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
