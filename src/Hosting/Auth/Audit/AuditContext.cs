using System.Diagnostics;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Statements;

namespace ExecutionGrains.Hosting.Auth.Audit;

/// <summary>Facts about a request and its caller, for rows of the audit log.</summary>
internal static class AuditContext
{
    /// <summary>The name in the audit log of a caller whose credential was refused.</summary>
    private const string Unknown = "anonymous";

    /// <param name="key">The caller's key; null: unknown, as after a refused credential.</param>
    public static AuditCaller CallerOf(HttpContext http, ApiKey? key) =>
        new(key?.AuditName ?? Unknown, key?.KeyId, key?.AuditName, key?.Claims, AddressOf(http), TraceOf(http));

    /// <summary>A row without an execution: an action on a key or on the tracker itself.</summary>
    public static AuditRow Row(HttpContext http, DateTimeOffset now, string action, string? @namespace, string? reason) =>
        AuditRow.Of(CallerOf(http, Credential.Of(http).Key), now, action, null, @namespace, reason);

    public static string? AddressOf(HttpContext http) => http.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    /// <summary>The same trace id as <c>traceId</c> in problem responses.</summary>
    public static string TraceOf(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}
