namespace ExecutionGrains.Rules;

/// <summary>The range of whole numbers that a field accepts, bounds included.</summary>
public sealed record IntegerRange(long Min, long Max)
{
    /// <summary>The range as a message for a number outside of it.</summary>
    public string Rule { get; } = $"must be a whole number from {Min} to {Max}";

    public bool Contains(long number) => number >= Min && number <= Max;
}
