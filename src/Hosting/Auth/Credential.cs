using System.Diagnostics;
using System.Security.Claims;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Providers;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>The authenticated caller of a request.</summary>
/// <param name="Key">The caller's key, or for a run token the key that obtained it.</param>
/// <param name="Token">The run token of the request; null: the request has another credential.</param>
public sealed record Credential(ApiKey Key, RunToken? Token) : IResponseTimeEqualizer
{
    private const string TraceHeader = "X-Workflow-Trace";
    private const string KeyIdClaim = "key_id";
    private const string NamespaceClaim = "namespace";

    /// <summary>
    /// Time from authentication to the response that an execution does not exist, for callers with some namespaces only. Longer than the lookup takes. 3 ms.
    /// </summary>
    private static readonly TimeSpan EvenTime = TimeSpan.FromMilliseconds(3);

    private readonly long _knownAt = Stopwatch.GetTimestamp();

    /// <summary>
    /// Identifies the caller in run tokens and sessions; <see cref="CallerResolver"/> resolves it. Default: the key's id. For an external caller, its encoded
    /// facts
    /// (<see cref="ExternalCaller"/>).
    /// </summary>
    public string Cause { get; init; } = Key.KeyId;

    /// <summary>The caller as passed to grains.</summary>
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
        // Only operator and admin calls are audited. Reports, which are most of the calls, save the cost.
        return request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<AccessRequirement>() is { Role: Role.Operator or Role.Admin }
            ? Audited(caller, request.HttpContext)
            : caller;
    }

    /// <summary>Makes this the caller of the request.</summary>
    internal void SetOn(HttpContext http)
    {
        http.Features.Set(this);
        if (Key.Namespaces is not null)
        {
            http.Features.Set<IResponseTimeEqualizer>(this);
        }
    }

    public bool Sees(string @namespace) => Key.Namespaces is null || Key.Namespaces.Contains(@namespace, StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">The request was not authenticated: the endpoint has no <see cref="AccessRequirement"/>
    /// requirement.</exception>
    public static Credential Of(HttpContext http) =>
        http.Features.Get<Credential>() ?? throw new InvalidOperationException("The endpoint has no access rule.");

    async Task IResponseTimeEqualizer.WaitAsync(CancellationToken cancel)
    {
        while (EvenTime - Stopwatch.GetElapsedTime(_knownAt) is { Ticks: > 0 } left)
        {
            if (left.TotalMilliseconds >= 2)
            {
                await Task.Delay(1, cancel).ConfigureAwait(false);
            }
            else
            {
                // A timer is too coarse for the last 2 ms: its error is as large as the difference to hide.
                Thread.Yield();
            }
        }
    }

    /// <summary>The caller as a <see cref="ClaimsPrincipal"/>, for ASP.NET Core and libraries. Our own code uses the credential.</summary>
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
        Address = AuditContext.AddressOf(http),
        TraceId = AuditContext.TraceOf(http),
    };

    /// <summary>
    /// Whether the caller is limited to executions that its key created or claimed. True for an executor that cancels or requeues; for its reports only with
    /// the setting <c>Auth__ExecutorsOwnOnly</c>. A run token is bound to one execution already.
    /// </summary>
    private bool OwnOnly(HttpContext http)
    {
        if (Token is not null || Key.Role != Role.Executor)
        {
            return false;
        }

        return http.GetEndpoint()?.Metadata.GetMetadata<AccessRequirement>() is { Own: true } access
            && (access.Role != Role.Executor || http.RequestServices.GetRequiredService<ExecutionGrainsOptions>().ExecutorsOwnOnly);
    }
}
