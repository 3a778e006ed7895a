using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>Facts and settings of an execution, given at its start.</summary>
public sealed record StartOptions
{
    /// <summary>Id of the execution: 1 to 128 characters of <c>[A-Za-z0-9._:-]</c>. Default null: a new UUIDv7.</summary>
    public string? ExecutionId { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Time of the start by the worker's clock. Default null: now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Maximum run time, at least 1 s; fractions of a second are rounded up. Default null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Lease: the silence after which the tracker marks the execution lost. At least 1 s; fractions of a second are rounded up. Default 60 s; null: no lease.
    /// </summary>
    public TimeSpan? HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What triggered the execution. Default null: the tracker's default, <c>http</c>.</summary>
    public string? TriggerType { get; init; }

    public string? TriggeredBy { get; init; }

    /// <summary>At most 32 labels. Keys and values are truncated to 256 characters.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? ConfigVersion { get; init; }

    public string? ParentExecutionId { get; init; }

    /// <summary>Whether step inputs and outputs are sent and stored. Default false.</summary>
    public bool ExplicitTrace { get; init; }

    /// <summary>Whether the tracker may requeue a lost execution without an operator. Default false.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Maximum number of started epochs, including requeues. Default 1.</summary>
    public int MaxAttempts { get; init; } = 1;

    internal ExecutionFacts Facts(string workflow, string? @namespace) => new()
    {
        Workflow = Payload.Name(workflow),
        Namespace = Payload.Name(Namespace ?? @namespace),
        TriggerType = Payload.Name(TriggerType),
        TriggeredBy = Payload.Name(TriggeredBy),
        Labels = Labels is null ? null : Cleaned(Labels),
        ConfigVersion = Payload.Name(ConfigVersion),
        ParentExecutionId = ParentExecutionId,
        ExplicitTrace = ExplicitTrace ? true : null,
        Traceparent = System.Diagnostics.Activity.Current is { IdFormat: System.Diagnostics.ActivityIdFormat.W3C } activity ? activity.Id : null,
        HeartbeatTimeoutSeconds = Seconds(HeartbeatTimeout, nameof(HeartbeatTimeout)) ?? 0,
        TimeoutSeconds = Seconds(Timeout, nameof(Timeout)),
        Idempotent = Idempotent ? true : null,
        MaxAttempts = MaxAttempts > 1 ? MaxAttempts : null,
    };

    private static Dictionary<string, string> Cleaned(IReadOnlyDictionary<string, string> labels)
    {
        Dictionary<string, string> cleaned = new(StringComparer.Ordinal);
        foreach (var (key, value) in labels)
        {
            if (Payload.Name(key) is { } name)
            {
                cleaned[name] = Payload.Name(value) ?? "";
            }
        }

        return cleaned;
    }

    private static int? Seconds(TimeSpan? time, string name) => time switch
    {
        null => null,
        { TotalSeconds: < 1 } => throw new ArgumentException($"{name} must be at least 1 s, was {time}."),
        _ => (int)Math.Min(int.MaxValue, Math.Ceiling(time.Value.TotalSeconds)),
    };
}
