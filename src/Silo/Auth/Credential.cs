using System.Diagnostics;
using System.Security.Claims;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Who made a request: a key, or a run token with the key that caused it.</summary>
public sealed record Credential(ApiKey Key, RunToken? Token)
{
    private const string TraceHeader = "X-Workflow-Trace";
    private const string KeyIdClaim = "key_id";
    private const string NamespaceClaim = "namespace";

    /// <summary>How long after authentication a namespaced caller learns that there is no such execution. More than it takes to find out.</summary>
    private static readonly TimeSpan EvenTime = TimeSpan.FromMilliseconds(3);

    private readonly long _knownAt = Stopwatch.GetTimestamp();

    /// <summary>What run tokens and sessions of this caller name as their cause; <see cref="Callers.ById"/> reads it.</summary>
    public string Cause { get; init; } = Key.KeyId;

    /// <summary>What grains need to know of the caller.</summary>
    public Caller Caller(HttpRequest request)
    {
        var caller = new Caller
        {
            Name = Key.CallerName,
            KeyId = Key.KeyId,
            Namespaces = Key.Namespaces,
            ExplicitTrace = string.Equals(request.Headers[TraceHeader], "true", StringComparison.OrdinalIgnoreCase),
            OwnOnly = OwnOnly(request.HttpContext),
        };
        // Reports, which are most calls, are not audited.
        return request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<Access>() is { Role: Role.Operator or Role.Admin }
            ? Audited(caller, request.HttpContext)
            : caller;
    }

    public bool Sees(string @namespace) => Key.Namespaces is null || Key.Namespaces.Contains(@namespace, StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The endpoint has no access rule.</exception>
    public static Credential Of(HttpContext http) =>
        http.Features.Get<Credential>() ?? throw new InvalidOperationException("The endpoint has no access rule.");

    /// <summary>
    /// Waits until a fixed time after authentication, so that ids of other namespaces, which are read, and ids that do not exist, are answered alike.
    /// </summary>
    internal async Task EvenOutAsync(CancellationToken cancel)
    {
        while (EvenTime - Stopwatch.GetElapsedTime(_knownAt) is { Ticks: > 0 } left)
        {
            if (left.TotalMilliseconds >= 2)
            {
                await Task.Delay(1, cancel).ConfigureAwait(false);
            }
            else
            {
                // Timers are as coarse as what is to be hidden.
                Thread.Yield();
            }
        }
    }

    /// <summary>The caller as ASP.NET Core knows it, for logs and libraries; our own code asks the credential.</summary>
    internal ClaimsPrincipal Principal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme);
        identity.AddClaim(new Claim(ClaimTypes.Name, Key.CallerName));
        identity.AddClaim(new Claim(ClaimTypes.Role, Key.Role.Word()));
        identity.AddClaim(new Claim(KeyIdClaim, Key.KeyId));
        foreach (var @namespace in Key.Namespaces ?? ["*"])
        {
            identity.AddClaim(new Claim(NamespaceClaim, @namespace));
        }

        return new ClaimsPrincipal(identity);
    }

    private Caller Audited(Caller caller, HttpContext http) => caller with
    {
        KeyName = Key.AuditName,
        Claims = Key.Claims,
        Address = AuditFacts.AddressOf(http),
        TraceId = AuditFacts.TraceOf(http),
    };

    /// <summary>An executor cancels and requeues only its own; by setting it also reports only its own. A run token is its execution's anyhow.</summary>
    private bool OwnOnly(HttpContext http)
    {
        if (Token is not null || Key.Role != Role.Executor)
        {
            return false;
        }

        return http.GetEndpoint()?.Metadata.GetMetadata<Access>() is { Own: true } access
            && (access.Role != Role.Executor || http.RequestServices.GetRequiredService<Hosting.SiloOptions>().ExecutorsOwnOnly);
    }
}
