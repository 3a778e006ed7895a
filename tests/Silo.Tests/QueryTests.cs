using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class QueryTests
{
    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("status=dead", "status")]
    [InlineData("status=1", "status")]
    [InlineData("cause=none", "cause")]
    [InlineData("label=plain", "label")]
    [InlineData("late=maybe", "late")]
    [InlineData("startedAfter=2026-11-21", "startedAfter")]
    public void An_unreadable_parameter_is_named(string query, string name)
    {
        var values = new QueryCollection(QueryHelpers.ParseQuery(query));

        var problem = Assert.Throws<RequestException>(() =>
        {
            Query.Filter(values, null);
            Query.Limit(values);
        });

        Assert.Equal(ProblemCode.InvalidParameter, problem.Code);
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_cursor_is_an_invalid_parameter()
    {
        var values = new QueryCollection(QueryHelpers.ParseQuery("cursor=foreign"));

        var problem = await Assert.ThrowsAsync<RequestException>(() =>
            Query.PagedAsync(values, () => Task.FromException<int>(new ArgumentException("foreign"))));

        Assert.Equal(ProblemCode.InvalidParameter, problem.Code);
    }

    [Theory]
    [InlineData(Code.AlreadyClaimed, 409)]
    [InlineData(Code.UnknownExecution, 404)]
    [InlineData(Code.Overloaded, 429)]
    [InlineData(Code.StoreUnavailable, 503)]
    [InlineData(Code.Forbidden, 403)]
    public void A_code_has_its_status(Code code, int status) => Assert.Equal(status, ProblemCode.Status(code.Word()));
}
