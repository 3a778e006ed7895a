namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// One way through one index, newest first, read row by row. A list is the merge of its streams. The queries' parameters appear in this order: the
/// driver's, the place to start from, how many to examine, what else is asked, the limit.
/// </summary>
internal sealed class ListStream(string page, string? boundary, SqlClause driver, SqlClause asked, ListKey start, int? examine)
{
    /// <summary>The boundary of a stream of which it is not looked up: nothing is behind it.</summary>
    public static readonly ListKey Nowhere = new(long.MaxValue, "\U0010FFFF");

    private Statement? rows;
    private ListKey began;
    private long? createdAt;
    private string? id;

    /// <summary>The last place examined where the bound ended it, null where the stream did.</summary>
    public ListKey? Boundary { get; private set; }

    /// <param name="limit">How many will be taken at most.</param>
    public void Begin(Session session, ListKey at, int limit)
    {
        began = at.CompareTo(start) < 0 ? start : at;
        Boundary = null;
        rows = session.Rent(page);
        Bind(rows, limit);
        Advance(session);
    }

    public bool IsAtEnd { get; private set; }

    /// <summary>Of what it is at. Read when asked for: where there is one stream, nobody does.</summary>
    public long CreatedAt => createdAt ??= rows!.Long(0);

    /// <summary>As <see cref="CreatedAt"/>: it is asked for where two are of the same microsecond.</summary>
    public string Id => id ??= rows!.Text(1);

    public ListKey Key => new(CreatedAt, Id);

    public bool IsNewerThan(ListStream other) =>
        CreatedAt != other.CreatedAt ? CreatedAt > other.CreatedAt : string.CompareOrdinal(Id, other.Id) > 0;

    public ListedExecution Read(TextPool texts) => ListedExecution.Read(rows!.Bytes(2), texts);

    public void Advance(Session session)
    {
        (IsAtEnd, createdAt, id) = (!rows!.Step(), null, null);
        if (IsAtEnd && examine is not null)
        {
            Boundary = boundary is null ? Nowhere : Examined(session, boundary);
        }
    }

    public void End(Session session)
    {
        if (rows is not null)
        {
            session.Return(page, rows);
            rows = null;
        }
    }

    public IEnumerable<string> Explain(Session session)
    {
        began = ListKey.Newest;
        var statement = session.Filled("explain query plan " + page);
        Bind(statement, 1);
        return statement.All(row => row.Text(3));
    }

    private ListKey? Examined(Session session, string last)
    {
        var end = session.Filled(last);
        driver.Bind(end);
        return end.Int(began.CreatedAt).Text(began.Id).Int(examine).One(row => (ListKey?)new ListKey(row.Long(0), row.Text(1)));
    }

    private void Bind(Statement statement, int limit)
    {
        driver.Bind(statement);
        statement.Int(began.CreatedAt).Text(began.Id);
        if (examine is { } most)
        {
            statement.Int(most);
        }

        asked.Bind(statement);
        statement.Int(limit);
    }
}
