using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>What is said of an execution when it starts.</summary>
public sealed record StartOptions
{
    /// <summary>Default: a new UUIDv7. 1 to 128 characters of <c>[A-Za-z0-9._:-]</c>.</summary>
    public string? ExecutionId { get; init; }

    public string? Namespace { get; init; }

    /// <summary>When it started, by the worker's clock. Default null: now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Longest run, in whole seconds from 1 s. Default null: none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Silence after which the tracker holds it for lost, in whole seconds from 1 s. Default 60 s; null: no lease.</summary>
    public TimeSpan? HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Default null: the tracker's word (<c>http</c>).</summary>
    public string? TriggerType { get; init; }

    public string? TriggeredBy { get; init; }

    /// <summary>At most 32; keys and values to 256 characters.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? ConfigVersion { get; init; }

    public string? ParentExecutionId { get; init; }

    /// <summary>Whether step input and output are sent and stored. Default false.</summary>
    public bool ExplicitTrace { get; init; }

    /// <summary>Whether a lost run may be repeated without an operator. Default false.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Most started epochs. Default 1.</summary>
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
        { TotalSeconds: < 1 } => throw new ArgumentException($"{name} is at least 1 s, was {time}."),
        _ => (int)Math.Min(int.MaxValue, Math.Ceiling(time.Value.TotalSeconds)),
    };
}
