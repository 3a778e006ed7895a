using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Lists;

/// <summary>
/// A scan of one index, newest first, read row by row. A list is the merge of its streams. The statements (lists.sql) have the driver's values before those
/// of what else is asked.
/// </summary>
internal sealed class ListStream(string page, string? boundary, SqlClause driver, SqlClause asked, ListKey start, int? examine, int? visitMax = null)
{
    /// <summary>Boundary of a stream that has no boundary query. It precedes every position, so that no further rows are taken after it.</summary>
    public static readonly ListKey Nowhere = new(long.MaxValue, "\U0010FFFF");

    /// <summary>The final texts of its queries.</summary>
    public IEnumerable<string> Texts => new[] { page, boundary }.OfType<string>();

    private Statement? rows;
    private ListKey began;
    private long? createdAt;
    private string? id;

    /// <summary>The last position examined, if the limit of examined rows ended the scan. Null: the stream ended.</summary>
    public ListKey? Boundary { get; private set; }

    /// <param name="limit">The most rows that will be taken.</param>
    public void Begin(Session session, ListKey at, int limit)
    {
        began = at.CompareTo(start) < 0 ? start : at;
        Boundary = null;
        rows = session.Rent(page);
        Bind(rows, limit);
        Advance(session);
    }

    public bool IsAtEnd { get; private set; }

    /// <summary>Creation time of the current row, in unix microseconds. Read lazily: a list with a single stream does not need it.</summary>
    public long CreatedAt => createdAt ??= rows!.Row.Long(0);

    /// <summary>Id of the current row. Read lazily: only rows of the same microsecond need it.</summary>
    public string Id => id ??= rows!.Row.Text(1);

    public ListKey Key => new(CreatedAt, Id);

    public bool IsNewerThan(ListStream other) =>
        CreatedAt != other.CreatedAt ? CreatedAt > other.CreatedAt : string.CompareOrdinal(Id, other.Id) > 0;

    public ListedExecution Read(TextPool texts) => ListedExecution.Read(rows!.Row.Bytes(2), texts);

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
        return end.Values(driver).Int("before_created_at", began.CreatedAt).Text("before_id", began.Id).Int("examine_max", examine)
            .One(row => (ListKey?)new ListKey(row.Long(0), row.Text(1)));
    }

    private void Bind(Statement statement, int limit)
    {
        statement.Values(driver).Int("before_created_at", began.CreatedAt).Text("before_id", began.Id).Values(asked).Int("row_max", limit);
        if (examine is { } most)
        {
            statement.Int("examine_max", most);
        }

        if (visitMax is { } visits)
        {
            statement.Int("visit_max", visits);
        }
    }
}
