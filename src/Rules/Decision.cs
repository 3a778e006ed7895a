namespace ExecutionGrains.Rules;

/// <summary>What the rules say to one command: the answer, the next state, and what to write with it.</summary>
public sealed record Decision
{
    /// <summary>The next state; null only where there is no execution and none was made.</summary>
    public required ExecutionState? State { get; init; }

    public required Result Result { get; init; }

    public Code? Code { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<Effect> Effects { get; init; } = [];

    /// <summary>Whether the row must be written: always with effects, and where the stored lease has run low.</summary>
    public bool Store { get; init; }

    /// <summary>Whether the command's sender holds the claim.</summary>
    public bool Claimed { get; init; }
}
