using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>One line of the table.</summary>
/// <param name="Number">Row number, with a letter if the row has several lines.</param>
/// <param name="Store">Name of the store; <c>–</c> if no store is involved.</param>
/// <param name="Measured">The measured figure, formatted.</param>
/// <param name="Against">The figure it is compared with; <c>–</c> if it is compared only with the budget.</param>
/// <param name="Value">The value that the budget limits, in the budget's unit.</param>
/// <param name="Shown">The value and its range, formatted.</param>
/// <param name="Budget">Null if the figure has no budget.</param>
/// <param name="Load">Load average of the machine at the end of the measurement.</param>
internal sealed record Measurement(
    string Number, string What, string Store, string Measured, string Against, double Value, string Shown, Budget? Budget, string Load)
{
    /// <summary>The row number without its letter: 1 for <c>1b</c>.</summary>
    public int Row => int.Parse(Number.TrimEnd('a', 'b', 'c'), CultureInfo.InvariantCulture);

    /// <summary>Ratio by which the budget is met; less than 1 misses it. Null if there is no budget.</summary>
    public double? Margin => Budget?.Margin(Value);

    public string Met => Margin switch { null => "–", >= 1 => "yes", _ => "**no**" };
}
