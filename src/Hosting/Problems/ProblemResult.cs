using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Problems;

/// <summary>A problem response, <c>application/problem+json</c> (RFC 9457).</summary>
public sealed class ProblemResult(
    string code,
    string detail,
    IReadOnlyList<FieldErrorView>? errors = null,
    ExecutionStatus? executionStatus = null,
    TimeSpan? retryAfter = null) : IResult
{
    /// <summary><c>Retry-After</c> of 429 and 503 if the caller of the constructor gives none. 1 s.</summary>
    private static readonly TimeSpan RetryAfterDefault = TimeSpan.FromSeconds(1);

    /// <summary>The problem for a code of the rules.</summary>
    /// <param name="message">The detail; null: the title of the code.</param>
    /// <param name="status">The status of the execution, for the response; null: left out.</param>
    public static ProblemResult Of(Code code, string? message, ExecutionStatus? status = null)
    {
        var word = code.Word();
        return new ProblemResult(word, message ?? ProblemCode.Title(word) + ".", executionStatus: status);
    }

    public static ProblemResult UnknownExecution(string id) =>
        new(ProblemCode.UnknownExecution, $"There is no execution {id}.");

    public static ProblemResult IdTaken(string id) =>
        new(ProblemCode.IdTaken, $"The id {id} is taken.");

    public async Task ExecuteAsync(HttpContext http)
    {
        if (code == ProblemCode.UnknownExecution && http.Features.Get<IResponseTimeEqualizer>() is { } equalizer)
        {
            await equalizer.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        }

        var status = ProblemCode.Status(code);
        http.Response.StatusCode = status;
        if (status is 429 or 503)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling((retryAfter ?? RetryAfterDefault).TotalSeconds).ToString(CultureInfo.InvariantCulture);
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
        await JsonSerializer.SerializeAsync(http.Response.Body, problem, ProblemJson.Default.ProblemView, http.RequestAborted).ConfigureAwait(false);
    }
}
