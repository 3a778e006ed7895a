using System.Text.Json;

namespace ExecutionGrains.Silo.Endpoints;

// The shapes of request bodies, for the OpenAPI document only: bodies are read by hand (Parsing), so that a wrong field of an event
// is that event's answer and every wrong field of a request is named.

internal abstract record FactsBody
{
    public string? Namespace { get; init; }

    public TriggerBody? Trigger { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public string? ConfigVersion { get; init; }

    public string? ParentExecutionId { get; init; }

    public bool? ExplicitTrace { get; init; }

    public string? Traceparent { get; init; }

    public int? HeartbeatTimeoutSeconds { get; init; }

    public int? TimeoutSeconds { get; init; }

    public bool? Idempotent { get; init; }

    public int? MaxAttempts { get; init; }
}

internal sealed record CreateBody : FactsBody
{
    public string? ExecutionId { get; init; }

    public required string Workflow { get; init; }

    public StartBody? Start { get; init; }
}

internal sealed record TriggerBody(string? Type, string? By);

internal sealed record StartBody
{
    public required string WorkerId { get; init; }

    public string? Incarnation { get; init; }

    public DateTimeOffset? At { get; init; }
}

internal sealed record ClaimBody
{
    public required string WorkerId { get; init; }

    public string? Incarnation { get; init; }
}

internal record EventBody : FactsBody
{
    public string? EventId { get; init; }

    public required string Type { get; init; }

    public DateTimeOffset? At { get; init; }

    public string? Workflow { get; init; }

    public string? WorkerId { get; init; }

    public string? Incarnation { get; init; }

    public string? Reason { get; init; }

    public string? StepId { get; init; }

    public string? Block { get; init; }

    public string? BlockType { get; init; }

    public string? ParentStepId { get; init; }

    public StepOutcome? Outcome { get; init; }

    public JsonElement? Input { get; init; }

    public JsonElement? Output { get; init; }

    public JsonElement? Error { get; init; }

    public decimal? Cost { get; init; }

    public long? MemoryBytes { get; init; }

    public int? TraceSpanCount { get; init; }

    public LogLevel? Level { get; init; }

    public string? Source { get; init; }

    public string? Message { get; init; }

    public Progress? Progress { get; init; }
}

internal sealed record BatchEventBody : EventBody
{
    public required string ExecutionId { get; init; }

    public int? Epoch { get; init; }
}

internal sealed record EventsBody
{
    public int? Epoch { get; init; }

    public required EventBody[] Events { get; init; }
}

internal sealed record ReasonBody(string? Reason);

internal sealed record ResolveBody
{
    public required Resolution Resolution { get; init; }

    public string? Reason { get; init; }
}

internal sealed record KeyBody
{
    public required string Name { get; init; }

    public required string Role { get; init; }

    public required string[] Namespaces { get; init; }

    public Dictionary<string, string>? Claims { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}
