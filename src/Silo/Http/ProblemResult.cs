using System.Diagnostics;
using System.Text.Json;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Http;

/// <summary>A refusal as <c>application/problem+json</c>.</summary>
public sealed class ProblemResult(
    string code,
    string detail,
    IReadOnlyList<FieldErrorView>? errors = null,
    ExecutionStatus? executionStatus = null) : IResult
{
    private const string RetryAfterSeconds = "1";

    /// <param name="status">Where the execution stands.</param>
    public static ProblemResult Of(Code code, string? message, ExecutionStatus? status = null)
    {
        var word = code.Word();
        return new ProblemResult(word, message ?? ProblemCode.Title(word) + ".", executionStatus: status);
    }

    public static ProblemResult UnknownExecution(string id) =>
        new(ProblemCode.UnknownExecution, $"There is no execution {id}.");

    public Task ExecuteAsync(HttpContext http)
    {
        var status = ProblemCode.Status(code);
        http.Response.StatusCode = status;
        if (status is 429 or 503)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        if (status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        var problem = new ProblemView
        {
            Type = $"urn:executiongrains:problem:{code}",
            Title = ProblemCode.Title(code),
            Status = status,
            Detail = detail,
            Code = code,
            TraceId = Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier,
            Errors = errors,
            ExecutionStatus = executionStatus,
        };
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = "application/problem+json";
        return JsonSerializer.SerializeAsync(http.Response.Body, problem, SiloJson.Default.ProblemView, http.RequestAborted);
    }
}
