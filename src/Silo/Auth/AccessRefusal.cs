using ExecutionGrains.Silo.Http;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Why a request was refused, as a feature of the request: the first reason found is the most specific one.</summary>
/// <param name="IsFailedSignIn">Whether the credential itself was refused, and not only what it was to do.</param>
public sealed record AccessRefusal(RequestProblem Problem, bool IsFailedSignIn)
{
    /// <summary>Whether the credential may have been guessed. One that has expired was not.</summary>
    public static bool IsGuess(RequestProblem refusal) => refusal.Code is ProblemCode.Unauthorized or ProblemCode.TokenInvalid;

    public static void Note(HttpContext http, RequestProblem problem, bool isFailedSignIn)
    {
        if (http.Features.Get<AccessRefusal>() is null)
        {
            http.Features.Set(new AccessRefusal(problem, isFailedSignIn));
        }
    }
}
