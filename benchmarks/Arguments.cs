namespace ExecutionGrains.Bench;

/// <summary>The command line: <c>[--store sqlite|postgres] [--out FOLDER] [ROW … | idle]</c>.</summary>
/// <param name="Rows">Row numbers without letters. Empty: all rows.</param>
/// <param name="Stores">The stores to measure.</param>
/// <param name="Out">Folder for benchmarks.md and benchmarks.svg. Null: they are not written.</param>
internal sealed record Arguments(IReadOnlyList<int> Rows, IReadOnlyList<string> Stores, string? Out)
{
    public static readonly string[] AllStores = ["sqlite", "postgres"];

    /// <summary>Default folder of a complete table. A partial table is written only if <c>--out</c> is given.</summary>
    private const string Documentation = "docs";

    /// <exception cref="ArgumentException">An argument is unknown or invalid.</exception>
    public static Arguments Read(string[] args)
    {
        List<int> rows = [];
        string? store = null, folder = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--store" when i + 1 < args.Length && AllStores.Contains(args[i + 1], StringComparer.Ordinal):
                    store = args[++i];
                    break;
                case "--out" when i + 1 < args.Length:
                    folder = args[++i];
                    break;
                case "idle":
                    rows.Add(Bench.BenchmarkRows.IdleRow);
                    break;
                case var number when int.TryParse(number, out var row) && row is >= 1 and <= Bench.BenchmarkRows.Last:
                    rows.Add(row);
                    break;
                default:
                    throw new ArgumentException(
                        $"Unknown argument {args[i]}. Usage: ./bench [--store sqlite|postgres] [--out FOLDER] [ROW …]. "
                        + $"Rows are 1 to {Bench.BenchmarkRows.Last}; row {Bench.BenchmarkRows.IdleRow} can also be called idle.");
            }
        }

        return new(rows, store is null ? AllStores : [store], folder ?? (rows.Count == 0 && store is null ? Documentation : null));
    }
}
