using Orleans;

namespace ExecutionGrains;

/// <summary>The caller of a grain: its name, its rights, and the facts for the audit.</summary>
[GenerateSerializer, Immutable, Alias("eg.caller")]
public sealed record Caller
{
    /// <summary>The tracker itself and in-process callers. May do everything.</summary>
    public static readonly Caller Local = new() { Name = "local" };

    /// <summary>The name that is recorded: the first claim of the key that names its holder, else the name of the key.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The id of the caller's key; for a run token, of the key that caused it. Null for in-process calls.</summary>
    [Id(1)] public string? KeyId { get; init; }

    /// <summary>The namespaces that the caller may use. Null: all.</summary>
    [Id(2)] public string[]? Namespaces { get; init; }

    /// <summary>Whether the call asks for an explicit trace (the header <c>X-Workflow-Trace: true</c>).</summary>
    [Id(3)] public bool ExplicitTrace { get; init; }

    /// <summary>Whether the caller may report on, cancel and requeue only executions that its key created or claimed.</summary>
    [Id(4)] public bool OwnOnly { get; init; }

    /// <summary>
    /// For the audit: the name of the key, or the subject if an identity provider authenticated the caller. This field and the fields below are null if the
    /// call is not audited.
    /// </summary>
    [Id(5)] public string? KeyName { get; init; }

    /// <summary>For the audit: the claims of the key, a JSON object.</summary>
    [Id(6)] public string? Claims { get; init; }

    /// <summary>For the audit: the remote address of the request.</summary>
    [Id(7)] public string? Address { get; init; }

    /// <summary>For the audit: the trace id of the request.</summary>
    [Id(8)] public string? TraceId { get; init; }

    public bool Sees(string @namespace) => Namespaces is null || Namespaces.Contains(@namespace, StringComparer.Ordinal);

    /// <summary>
    /// The namespace of an execution that this caller creates without naming one: its only namespace, else <c>default</c> if it may use it. Null: the caller
    /// must name one, otherwise the call is answered 403.
    /// </summary>
    public string? DefaultNamespace =>
        Sees("default") && Namespaces is not { Length: 1 } ? "default" : Namespaces is { Length: 1 } one ? one[0] : null;
}
