namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// The tails of the executions that were written last, so that an execution that is written again is not looked up. Nobody but the writer changes them, and what it did not commit is not kept.
/// Used by the writer only.
/// </summary>
internal sealed class WritePositions
{
    /// <summary>Beyond it all are forgotten.</summary>
    private const int KnownMax = 16_384;

    private readonly Dictionary<string, Tail> known = new(StringComparer.Ordinal);
    private readonly List<(string Id, Tail Tail)> written = [];

    /// <summary>At the start of a transaction: what the last one wrote and did not commit is forgotten.</summary>
    public void Begin() => written.Clear();

    /// <summary>As stored; null: there is no such execution.</summary>
    public Tail? Take(Session session, string id) =>
        known.Remove(id, out var tail) ? tail : session["execution-base"].Text(id).One(Tail.Read);

    /// <summary>Of an execution that goes.</summary>
    public void Forget(string id) => known.Remove(id);

    /// <summary>As it is once the transaction is durable.</summary>
    public void Put(string id, Tail tail) => written.Add((id, tail));

    /// <summary>The transaction is durable.</summary>
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
