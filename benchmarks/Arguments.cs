namespace ExecutionGrains.Bench;

/// <summary>What is asked for: <c>[--store sqlite|postgres] [--out FOLDER] [ROW … | idle]</c>.</summary>
/// <param name="Rows">Numbers of rows, without letters; empty: all.</param>
/// <param name="Stores">Which stores.</param>
/// <param name="Out">Where benchmarks.md and benchmarks.svg go; null: nowhere.</param>
internal sealed record Arguments(IReadOnlyList<int> Rows, IReadOnlyList<string> Stores, string? Out)
{
    public static readonly string[] AllStores = ["sqlite", "postgres"];

    /// <summary>The whole table goes to the documentation, a part of it only where it is sent.</summary>
    private const string Documentation = "docs";

    /// <exception cref="ArgumentException">Something else is said.</exception>
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
                    rows.Add(Bench.Rows.IdleRow);
                    break;
                case var number when int.TryParse(number, out var row) && row is >= 1 and <= Bench.Rows.Last:
                    rows.Add(row);
                    break;
                default:
                    throw new ArgumentException($"./bench [--store sqlite|postgres] [--out FOLDER] [ROW …], rows 1 to {Bench.Rows.Last}, of which {Bench.Rows.IdleRow} is also called idle; not {args[i]}");
            }
        }

        return new(rows, store is null ? AllStores : [store], folder ?? (rows.Count == 0 && store is null ? Documentation : null));
    }
}
