namespace ExecutionGrains.Rules;

/// <summary>The result of the rules for one command: the answer, the next state, and the effects to store with it.</summary>
public sealed record Decision
{
    /// <summary>The next state. Null only if the execution does not exist and was not created.</summary>
    public required ExecutionState? State { get; init; }

    public required Result Result { get; init; }

    public Code? Code { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<Effect> Effects { get; init; } = [];

    /// <summary>
    /// Whether the execution's row must be written. Always true with effects; without effects, for example when less than half of the lease is left in the
    /// store.
    /// </summary>
    public bool MustStore { get; init; }

    /// <summary>Whether the command is a create or a claim after which its worker holds the claim.</summary>
    public bool HoldsClaim { get; init; }
}
