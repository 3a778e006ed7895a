using ExecutionGrains.Silo.Http;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Checks every request to an endpoint with an <see cref="Access"/> rule; answers with the most specific refusal.</summary>
public sealed class AccessMiddleware(RequestDelegate next, ApiKeys keys, RunTokens tokens, Sessions sessions)
{
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Access>() is { } access)
        {
            http.Features.Set(Check(http, access));
        }

        return next(http);
    }

    private Credential Check(HttpContext http, Access access)
    {
        var credential = Read(http, access);
        if (credential.Token is { } token)
        {
            CheckToken(http, access, token);
        }
        else if (credential.Key.Role < access.Role)
        {
            throw new RequestProblem(ProblemCode.Forbidden, $"This needs the role {access.Role.Word()}; the key has {credential.Key.Role.Word()}.");
        }
        else if (access.Everywhere && credential.Key.Namespaces is not null)
        {
            throw new RequestProblem(ProblemCode.Forbidden, "This concerns every namespace; the key has some only.");
        }

        return credential;
    }

    private Credential Read(HttpContext http, Access access)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return ReadSession(http);
        }

        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Unauthorized("The scheme must be Bearer.");
        }

        var text = header[Scheme.Length..].Trim();
        if (keys.Find(text) is { } key)
        {
            return new Credential(key, null);
        }

        var meantAsToken = RunTokens.LooksLikeOne(text) || (access.RunToken && !text.StartsWith(ApiKey.Prefix, StringComparison.Ordinal));
        return meantAsToken ? ReadToken(text) : throw Unauthorized(ApiKey.Refusal(text));
    }

    private Credential ReadSession(HttpContext http)
    {
        if (sessions.KeyId(http) is not { } id || keys.ById(id) is not { } key)
        {
            throw Unauthorized("Send Authorization: Bearer with a key.");
        }

        return Sessions.IsForeign(http.Request)
            ? throw new RequestProblem(ProblemCode.Forbidden, "A session serves the dashboard's own pages only.")
            : new Credential(key, null);
    }

    private Credential ReadToken(string text)
    {
        if (!tokens.TryRead(text, out var token))
        {
            throw new RequestProblem(ProblemCode.TokenInvalid, "The token was not made here.");
        }

        if (tokens.HasExpired(token))
        {
            throw new RequestProblem(ProblemCode.TokenExpired, "The token has expired; claim again.");
        }

        return keys.CauseOf(token.KeyId) is { } cause
            ? new Credential(cause, token)
            : throw new RequestProblem(ProblemCode.TokenInvalid, "The key that caused the token was revoked or has expired.");
    }

    private static void CheckToken(HttpContext http, Access access, RunToken token)
    {
        if (!access.RunToken)
        {
            throw new RequestProblem(ProblemCode.Forbidden, "A run token may only report events of its execution.");
        }

        if (!string.Equals(http.GetRouteValue("id") as string, token.ExecutionId, StringComparison.Ordinal))
        {
            throw new RequestProblem(ProblemCode.TokenWrongExecution, "The token is another execution's.");
        }
    }

    private static RequestProblem Unauthorized(string detail) => new(ProblemCode.Unauthorized, detail);
}
