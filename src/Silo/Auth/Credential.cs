namespace ExecutionGrains.Silo.Auth;

/// <summary>Who made a request: a key, or a run token with the key that caused it.</summary>
public sealed record Credential(ApiKey Key, RunToken? Token)
{
    private const string TraceHeader = "X-Workflow-Trace";

    /// <summary>What grains need to know of the caller.</summary>
    public Caller Caller(HttpRequest request) => new()
    {
        Name = Key.CallerName,
        KeyId = Key.KeyId,
        Namespaces = Key.Namespaces,
        ExplicitTrace = string.Equals(request.Headers[TraceHeader], "true", StringComparison.OrdinalIgnoreCase),
    };

    public bool Sees(string @namespace) => Key.Namespaces is null || Key.Namespaces.Contains(@namespace, StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The endpoint asks for no access.</exception>
    public static Credential Of(HttpContext http) =>
        http.Features.Get<Credential>() ?? throw new InvalidOperationException("The endpoint has no access rule.");
}
