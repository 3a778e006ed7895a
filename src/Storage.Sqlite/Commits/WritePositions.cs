using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>
/// Cache of the tails of the executions written last, so that writing one again needs no lookup. Only the writer changes tails, and uncommitted changes are
/// not kept. Used by the writer only.
/// </summary>
internal sealed class WritePositions
{
    /// <summary>Limit of cached tails. Beyond it the cache is cleared.</summary>
    private const int KnownMax = 16_384;

    private readonly Dictionary<string, Tail> known = new(StringComparer.Ordinal);
    private readonly List<(string Id, Tail Tail)> written = [];

    /// <summary>Called at the start of a transaction. Discards what the last one wrote without committing.</summary>
    public void Begin() => written.Clear();

    /// <summary>Removes the tail from the cache, or reads the stored one. Null: there is no such execution.</summary>
    public Tail? Take(Session session, string id) =>
        known.Remove(id, out var tail) ? tail : session["ReadWritePosition"].Text("id", id).One(Tail.Read);

    /// <summary>Removes the tail of an execution that is being deleted.</summary>
    public void Forget(string id) => known.Remove(id);

    /// <summary>Keeps a written tail, to be cached when the transaction is durable.</summary>
    public void Put(string id, Tail tail) => written.Add((id, tail));

    /// <summary>Called when the transaction is durable.</summary>
    public void Committed()
    {
        if (known.Count + written.Count > KnownMax)
        {
            known.Clear();
        }

        foreach (var (id, tail) in written)
        {
            known[id] = tail;
        }

        written.Clear();
    }
}
