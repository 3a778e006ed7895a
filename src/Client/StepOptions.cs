namespace ExecutionGrains.Client;

/// <summary>Facts of a step, given at its start.</summary>
public sealed record StepOptions
{
    /// <summary>Unique within the epoch. Default null: a new UUIDv7.</summary>
    public string? StepId { get; init; }

    public string? BlockType { get; init; }

    /// <summary>Any value that System.Text.Json can serialize. Sent only with <see cref="StartOptions.ExplicitTrace"/>.</summary>
    public object? Input { get; init; }

    /// <summary>Event id and time of the step's start event. Default: a new UUIDv7, and now.</summary>
    public EventIdentity Identity { get; init; }
}
