namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// One way through one index, newest first, read row by row. A list is the merge of its streams. The queries' parameters appear in this order: the
/// driver's, the place to start from, how many to examine, the residual's, the limit.
/// </summary>
internal sealed class ListStream(string page, string? boundary, SqlClause driver, SqlClause residual, ListKey start, int? examine)
{
    private Statement? rows;
    private ListKey began;
    private ListKey? key;

    /// <summary>The last place examined where the bound ended it, null where the stream did.</summary>
    public ListKey? Boundary { get; private set; }

    /// <param name="limit">How many will be taken at most.</param>
    public void Begin(Session session, ListKey at, int limit)
    {
        began = at.CompareTo(start) < 0 ? start : at;
        rows = session.Rent(page);
        Bind(rows, limit);
        Advance(session);
    }

    public bool IsAtEnd { get; private set; }

    /// <summary>What it is at. Read when asked for: where there is one stream, nobody does.</summary>
    public ListKey Key => key ??= new(rows!.Long(0), rows.Text(1));

    public ListedExecution Read(TextPool texts) => ListedExecution.Read(rows!.Bytes(2), texts);

    public void Advance(Session session)
    {
        (IsAtEnd, key) = (!rows!.Step(), null);
        if (IsAtEnd && boundary is not null)
        {
            var end = session.Filled(boundary);
            driver.Bind(end);
            Boundary = end.Int(began.CreatedAt).Text(began.Id).Int(examine).One(row => (ListKey?)new ListKey(row.Long(0), row.Text(1)));
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

    private void Bind(Statement statement, int limit)
    {
        driver.Bind(statement);
        statement.Int(began.CreatedAt).Text(began.Id);
        if (examine is { } most)
        {
            statement.Int(most);
        }

        residual.Bind(statement);
        statement.Int(limit);
    }
}
