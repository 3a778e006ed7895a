using ExecutionGrains.Silo.Http;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Why a request was refused, as a feature of the request: the first reason found is the most specific one.</summary>
/// <param name="IsFailedSignIn">Whether the credential itself was refused, and not only what it was to do.</param>
public sealed record AccessRefusal(RequestProblem Problem, bool IsFailedSignIn)
{
    public static void Note(HttpContext http, RequestProblem problem, bool isFailedSignIn)
    {
        if (http.Features.Get<AccessRefusal>() is null)
        {
            http.Features.Set(new AccessRefusal(problem, isFailedSignIn));
        }
    }
}
