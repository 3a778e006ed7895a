using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>What a row must reach (<c>≥</c>), or may come to at most (<c>≤</c>).</summary>
internal sealed record Budget(double Bound, bool IsLeast, string Unit)
{
    public static Budget AtLeast(double bound, string unit = "×") => new(bound, true, unit);

    public static Budget AtMost(double bound, string unit = "×") => new(bound, false, unit);

    /// <summary>How many times over the budget is kept: 1 is just so, less is missed.</summary>
    public double Margin(double value) => IsLeast ? value / Bound : value <= 0 ? double.PositiveInfinity : Bound / value;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsLeast ? "≥" : "≤")} {Bound:#,0.##} {Unit}");
}
