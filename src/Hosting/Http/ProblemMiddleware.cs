using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Http;

/// <summary>Converts exceptions, and error statuses without a body, to problem responses.</summary>
public sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    private const int ShownPathLength = 200;

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http).ConfigureAwait(false);
            if (http.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            {
                await OfStatus(http).ExecuteAsync(http).ConfigureAwait(false);
            }
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            }
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            var problem = Of(http, failure);
            http.Response.Clear();
            await problem.ExecuteAsync(http).ConfigureAwait(false);
        }
    }

    /// <summary>The problem for a status that routing has set, such as 404 or 405.</summary>
    private static ProblemResult OfStatus(HttpContext http)
    {
        var code = ProblemCode.OfStatus(http.Response.StatusCode);
        var call = $"{http.Request.Method} {UnicodeText.Truncate(http.Request.Path.ToString(), ShownPathLength)}";
        if (http.Response.StatusCode != StatusCodes.Status405MethodNotAllowed)
        {
            return new ProblemResult(code, $"{call} was refused.");
        }

        var allowed = http.Response.Headers.Allow.ToString();
        if (allowed.Contains(HttpMethods.Get, StringComparison.Ordinal))
        {
            http.Response.Headers.Allow = allowed = $"{allowed}, {HttpMethods.Head}";
        }

        return new ProblemResult(code, $"{call} is not allowed; the methods here are {allowed}.");
    }

    private ProblemResult Of(HttpContext http, Exception failure)
    {
        switch (failure)
        {
            case RequestException problem:
                return new ProblemResult(problem.Code, problem.Message, problem.Errors);
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new ProblemResult(ProblemCode.RequestTimeout, "The body arrived too slowly; send the request again.");
            case BadHttpRequestException bad:
                return new ProblemResult(ProblemCode.OfStatus(bad.StatusCode), bad.Message);
            case StoreException { Transient: true } away:
                StoreAway(away.Operation, away.Reason);
                return new ProblemResult(ProblemCode.StoreUnavailable, "The store cannot be reached; try again.");
            case var away when GrainFaults.IsAway(away):
                SiloAway(http.Request.Method, UnicodeText.Truncate(http.Request.Path.ToString(), ShownPathLength), failure.Message);
                return new ProblemResult(ProblemCode.StoreUnavailable, "The execution could not be reached in time; try again.");
            default:
                Failed(failure, http.Request.Method, UnicodeText.Truncate(http.Request.Path.ToString(), ShownPathLength));
                return new ProblemResult(ProblemCode.InternalError, "The request failed; the log of the silo has details under this trace id.");
        }
    }
}
