namespace ExecutionGrains.Client;

/// <summary>What is said of a step when it starts.</summary>
public sealed record StepOptions
{
    /// <summary>Unique in its epoch. Default: a new UUIDv7.</summary>
    public string? StepId { get; init; }

    public string? BlockType { get; init; }

    /// <summary>Any value that System.Text.Json can write. Sent only by executions with <see cref="StartOptions.ExplicitTrace"/>.</summary>
    public object? Input { get; init; }

    /// <summary>The start's own event id and time. Default: new ones.</summary>
    public EventStamp Stamp { get; init; }
}
