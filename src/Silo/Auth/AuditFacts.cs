using System.Diagnostics;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>What the audit says of the caller of a request.</summary>
internal static class AuditFacts
{
    /// <summary>What the audit calls a caller whose credential was refused.</summary>
    private const string Unknown = "anonymous";

    /// <param name="key">Null: the credential was refused.</param>
    public static AuditCaller CallerOf(HttpContext http, ApiKey? key) =>
        new(key?.AuditName ?? Unknown, key?.KeyId, key?.AuditName, key?.Claims, AddressOf(http), TraceOf(http));

    /// <summary>A row about the tracker itself or a key.</summary>
    public static AuditRow Row(HttpContext http, DateTimeOffset now, string action, string? @namespace, string? reason) =>
        AuditRow.Of(CallerOf(http, Credential.Of(http).Key), now, action, null, @namespace, reason);

    public static string? AddressOf(HttpContext http) => http.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    /// <summary>As problems name it.</summary>
    public static string TraceOf(HttpContext http) => Activity.Current?.TraceId.ToHexString() ?? http.TraceIdentifier;
}
