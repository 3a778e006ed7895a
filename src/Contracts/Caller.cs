using Orleans;

namespace ExecutionGrains;

/// <summary>Who makes a call, as far as a grain needs to know it.</summary>
[GenerateSerializer, Immutable, Alias("eg.caller")]
public sealed record Caller
{
    /// <summary>The tracker itself, and grains called in process: everything is theirs.</summary>
    public static readonly Caller Local = new() { Name = "local" };

    /// <summary>For the record: the first of the key's claims, else its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The key's id, for run tokens; null in process.</summary>
    [Id(1)] public string? KeyId { get; init; }

    /// <summary>Namespaces that the caller sees; null is all.</summary>
    [Id(2)] public string[]? Namespaces { get; init; }

    /// <summary>Whether the call asks for an explicit trace (the header <c>X-Workflow-Trace: true</c>).</summary>
    [Id(3)] public bool ExplicitTrace { get; init; }

    /// <summary>Whether the caller may report, cancel and requeue only what its key created or claimed.</summary>
    [Id(4)] public bool OwnOnly { get; init; }

    /// <summary>
    /// For the audit: the key's name, of a caller of an identity provider the subject. This and what follows is null where the call is not audited.
    /// </summary>
    [Id(5)] public string? KeyName { get; init; }

    /// <summary>For the audit: the key's claims, a JSON object.</summary>
    [Id(6)] public string? Claims { get; init; }

    /// <summary>For the audit: the address the request came from.</summary>
    [Id(7)] public string? Address { get; init; }

    /// <summary>For the audit: the trace of the request.</summary>
    [Id(8)] public string? TraceId { get; init; }

    public bool Sees(string @namespace) => Namespaces is null || Namespaces.Contains(@namespace, StringComparer.Ordinal);

    /// <summary>Where an execution goes that this caller creates without saying where; null: nowhere (403).</summary>
    public string? DefaultNamespace =>
        Sees("default") && Namespaces is not { Length: 1 } ? "default" : Namespaces is { Length: 1 } one ? one[0] : null;
}
