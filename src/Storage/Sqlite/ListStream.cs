namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// One way through one index, newest first, read by and by. A list is the merge of its streams. The queries' parameters appear in this order: the
/// driver's, the place to start from, how many to examine, the residual's, the limit.
/// </summary>
internal sealed class ListStream(string page, string? boundary, SqlClause driver, SqlClause residual, ListKey start, int? examine)
{
    private readonly Queue<ListHit> read = [];
    private ListKey from;
    private bool ended;
    private int count;

    /// <summary>The last place examined where the bound ended it, null where the stream did.</summary>
    public ListKey? Boundary { get; private set; }

    /// <param name="share">How many to read at first; then twice as many each time.</param>
    public void Begin(ListKey at, int share) => (from, ended, count) = (at.CompareTo(start) < 0 ? start : at, false, share);

    /// <summary>Whether it has another, which is then at hand.</summary>
    public bool Peek(Session session, out ListHit next)
    {
        if (read.Count == 0 && !ended)
        {
            Read(session);
            count *= 2;
        }

        return read.TryPeek(out next);
    }

    public void Take() => read.Dequeue();

    public IEnumerable<string> Explain(Session session)
    {
        var statement = session.Filled("explain query plan " + page);
        Begin(ListKey.Newest, 1);
        Bind(statement);
        return statement.All(row => row.Text(3));
    }

    private void Read(Session session)
    {
        var began = from;
        var statement = session.Filled(page);
        Bind(statement);
        foreach (var hit in statement.All(row => new ListHit(new(row.Long(0), row.Text(1)), row.Blob(2))))
        {
            read.Enqueue(hit);
            from = hit.Key;
        }

        ended = read.Count < count;
        if (ended && boundary is not null)
        {
            var end = session.Filled(boundary);
            driver.Bind(end);
            Boundary = end.Int(began.CreatedAt).Text(began.Id).Int(examine).One(row => (ListKey?)new ListKey(row.Long(0), row.Text(1)));
        }
    }

    private void Bind(Statement statement)
    {
        driver.Bind(statement);
        statement.Int(from.CreatedAt).Text(from.Id);
        if (examine is { } most)
        {
            statement.Int(most);
        }

        residual.Bind(statement);
        statement.Int(count);
    }
}
