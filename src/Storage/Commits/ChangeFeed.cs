namespace ExecutionGrains.Storage.Commits;

/// <summary>
/// Collects this silo's commits for announcement to other silos, and raises the commits that other silos announce. Announcements only save time: a silo that
/// receives none reads the store.
/// </summary>
public sealed class ChangeFeed
{
    /// <summary>Executions that can wait to be announced by id. With more, the announcement is <see cref="Changes.Everything"/>. 2,000.</summary>
    public const int IdsMax = 2_000;

    private readonly Lock gate = new();
    private HashSet<ExecutionId> gathered = [];
    private bool isEverything;
    private TaskCompletionSource any = NewSignal();

    /// <summary>Raised with other silos' durable changes, in the order received, on the receiving thread. A handler must not block.</summary>
    public event Action<Changes>? Heard;

    /// <summary>Adds changes to be announced. Never blocks.</summary>
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

    /// <summary>Waits until there are changes to announce, then removes and returns them.</summary>
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

    /// <summary>Removes and returns the changes to announce. Null: there are none.</summary>
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

    /// <summary>Runs continuations asynchronously, so that the announcer never runs on the thread that committed.</summary>
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
