namespace ExecutionGrains.Rules;

/// <summary>The whole numbers that a field takes.</summary>
public sealed record WholeRange(long Min, long Max)
{
    /// <summary>The range in words, for whoever is outside.</summary>
    public string Rule { get; } = $"must be a whole number from {Min} to {Max}";

    public bool Has(long number) => number >= Min && number <= Max;
}
