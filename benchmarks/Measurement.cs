using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Number">The row of design.md §4, and a letter where it has several.</param>
/// <param name="Store">Which store; <c>–</c> where none is involved.</param>
/// <param name="Measured">What was seen, as people read it.</param>
/// <param name="Against">What it is compared with; <c>–</c>: only with the budget.</param>
/// <param name="Value">What the budget is held against, in its unit.</param>
/// <param name="Shown">The value, and between what it varied.</param>
/// <param name="Budget">Null: a figure without one.</param>
/// <param name="Load">The machine's load average when it was measured.</param>
internal sealed record Measurement(
    string Number, string What, string Store, string Measured, string Against, double Value, string Shown, Budget? Budget, string Load)
{
    /// <summary>1 of <c>1b</c>.</summary>
    public int Row => int.Parse(Number.TrimEnd('a', 'b', 'c'), CultureInfo.InvariantCulture);

    /// <summary>How many times over the budget is kept; null: there is none.</summary>
    public double? Margin => Budget?.Margin(Value);

    public string Met => Margin switch { null => "–", >= 1 => "yes", _ => "**no**" };
}
