using ExecutionGrains.Hosting.Problems;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>
/// Why a request was refused, kept as a feature of the request. The first recorded reason stays: an authentication scheme knows more than the checks after it.
/// </summary>
/// <param name="IsFailedSignIn">Whether the credential itself was refused. False if the credential is valid but does not allow the call.</param>
public sealed record AccessRefusal(RequestException Problem, bool IsFailedSignIn)
{
    /// <summary>Whether the refused credential may be a guess. An expired credential is not: it was valid once.</summary>
    public static bool IsGuess(RequestException refusal) => refusal.Code is ProblemCode.Unauthorized or ProblemCode.TokenInvalid;

    public static void Note(HttpContext http, RequestException problem, bool isFailedSignIn)
    {
        if (http.Features.Get<AccessRefusal>() is null)
        {
            http.Features.Set(new AccessRefusal(problem, isFailedSignIn));
        }
    }
}
