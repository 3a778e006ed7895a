using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>The limit of a row: a minimum (<c>≥</c>) or a maximum (<c>≤</c>).</summary>
internal sealed record Budget(double Bound, bool IsMinimum, string Unit)
{
    public static Budget AtLeast(double bound, string unit = "×") => new(bound, true, unit);

    public static Budget AtMost(double bound, string unit = "×") => new(bound, false, unit);

    /// <summary>Ratio by which the budget is met: 1 meets it exactly, less than 1 misses it.</summary>
    public double Margin(double value) => IsMinimum ? value / Bound : value <= 0 ? double.PositiveInfinity : Bound / value;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsMinimum ? "≥" : "≤")} {Bound:#,0.##} {Unit}");
}
