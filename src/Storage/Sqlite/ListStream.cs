namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// One way through one index, newest first. A list is the merge of its streams. The queries' parameters appear in this order: the
/// driver's, the place to start from, how many to examine, the residual's, the limit.
/// </summary>
internal sealed class ListStream(string page, string? boundary, SqlClause driver, SqlClause residual, ListKey start, int examine)
{
    /// <summary>Adds what matches; returns the last place examined where the bound ended it, null where the stream did.</summary>
    public ListKey? Read(Session session, ListKey from, int limit, SortedDictionary<ListKey, long> hits)
    {
        from = from.CompareTo(start) < 0 ? start : from;
        var found = Page(session, from, limit).All(row => (Key: new ListKey(row.Long(0), row.Text(1)), Number: row.Long(2)));
        foreach (var (key, number) in found)
        {
            hits[key] = number;
        }

        if (boundary is null || found.Count == limit)
        {
            // A full stream is complete as far as it came.
            return found.Count == limit ? found[^1].Key : null;
        }

        var end = session.Filled(boundary);
        driver.Bind(end);
        return end.Int(from.CreatedAt).Text(from.Id).Int(examine).One(row => (ListKey?)new ListKey(row.Long(0), row.Text(1)));
    }

    public IEnumerable<string> Explain(Session session)
    {
        var statement = session.Filled("explain query plan " + page);
        Bind(statement, ListKey.Newest, 1);
        return statement.All(row => row.Text(3));
    }

    private Statement Page(Session session, ListKey from, int limit)
    {
        var statement = session.Filled(page);
        Bind(statement, from, limit);
        return statement;
    }

    private void Bind(Statement statement, ListKey from, int limit)
    {
        driver.Bind(statement);
        statement.Int(from.CreatedAt).Text(from.Id);
        if (boundary is not null)
        {
            statement.Int(examine);
        }

        residual.Bind(statement);
        statement.Int(limit);
    }
}
