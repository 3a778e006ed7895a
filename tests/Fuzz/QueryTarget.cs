using System.Text;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using Microsoft.AspNetCore.Http;

namespace ExecutionGrains.Fuzz;

/// <summary>Reads the input as a query string by every reader that an endpoint uses.</summary>
public static class QueryTarget
{
    private static readonly Action<IQueryCollection>[] Readers =
    [
        query => Query.RefuseUnknown(query, Query.FilterNames),
        query => Check(Query.Filter(query, null)),
        query => FuzzTarget.Require(Query.Limit(query) is >= 1 and <= Limits.PageSizeMax, "The limit is out of bounds."),
        query => Check(Query.Cursor(query)),
        query => Query.Word(query, "sort", ListSort.Created),
        query => Query.Word(query, "level", Severity.Debug, LogLevelAliases.Aliases),
        query => Query.Words<StepStatus>(query, "status"),
        query => Query.IsDescending(query),
        query => Query.Flag(query, "payloads", otherwise: true),
        query => FuzzTarget.Require(Query.Window(query).Length.TotalMinutes >= 1, "The window is shorter than a minute."),
        query => Query.Time(query, "from"),
    ];

    /// <returns>How many readers took the query.</returns>
    public static int Run(byte[] input)
    {
        var http = new DefaultHttpContext();
        // A byte is a character: Kestrel takes only ASCII, and what is beyond it must do no harm either.
        http.Request.QueryString = new QueryString("?" + Encoding.Latin1.GetString(input));
        return Readers.Count(read => TryRead(read, http.Request.Query));
    }

    private static bool TryRead(Action<IQueryCollection> read, IQueryCollection query)
    {
        try
        {
            read(query);
            return true;
        }
        catch (RequestException problem)
        {
            FuzzTarget.Require(problem.Code == ProblemCode.InvalidParameter, $"The problem is {problem.Code}.");
            FuzzTarget.Require(UnicodeText.IsWellFormed(problem.Message) && !problem.Message.Contains('\0'), "The problem's detail is no text.");
            return false;
        }
    }

    private static void Check(ExecutionFilter filter)
    {
        IEnumerable<string> texts =
        [
            .. filter.Workflow, .. filter.Namespace, .. filter.Worker, .. filter.TriggeredBy, .. filter.Parent, .. filter.HasLabel,
            .. filter.Label.SelectMany(label => new[] { label.Key, label.Value }),
        ];
        foreach (var text in texts.Append(filter.Prefix))
        {
            Check(text);
        }

        FuzzTarget.Require(filter.Label.Count <= 32 && filter.Workflow.Count <= 64 && filter.Status.Count <= 64, "A filter has too many values.");
        FuzzTarget.Require(filter.DurationMin is null || filter.DurationMin >= TimeSpan.Zero, "The duration is negative.");
    }

    /// <summary>What a database takes as a text.</summary>
    private static void Check(string? text) =>
        FuzzTarget.Require(text is null || (UnicodeText.IsWellFormed(text) && !text.Contains('\0')), "A text holds a NUL or a lone surrogate.");
}
