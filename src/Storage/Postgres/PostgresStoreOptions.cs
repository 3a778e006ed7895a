using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Which database, and with how many connections.</summary>
public sealed record PostgresStoreOptions
{
    /// <summary>As Npgsql reads it: <c>Host=…;Database=…;Username=…;Password=…</c>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Commits that run at the same time, each on a connection of its own. Default 2; 1 to 16.</summary>
    public int WriterCount { get; init; } = 2;

    /// <summary>Connections that read. Default 8; 1 to 100.</summary>
    public int ReaderCount { get; init; } = 8;

    /// <summary>How long one statement may take before the store counts as away. Default 30 s; 1 s to 10 min.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows that one page of a list may examine. Default 20,000; at least 1.</summary>
    internal int ExamineMax { get; init; } = 20_000;

    /// <summary>What is wrong with a connection string, without its values; null: nothing.</summary>
    public static string? Fault(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host is null ? "names no Host" : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return "is no connection string: it is written Host=…;Database=…;Username=…;Password=…";
        }
    }

    internal void Validate()
    {
        List<string> errors = [];
        if (Fault(ConnectionString) is { } fault)
        {
            errors.Add($"ConnectionString {fault}.");
        }

        Check(WriterCount is >= 1 and <= 16, $"WriterCount must be 1 to 16, and was {WriterCount}.");
        Check(ReaderCount is >= 1 and <= 100, $"ReaderCount must be 1 to 100, and was {ReaderCount}.");
        Check(
            CommandTimeout >= TimeSpan.FromSeconds(1) && CommandTimeout <= TimeSpan.FromMinutes(10),
            $"CommandTimeout must be 1 s to 10 min, and was {CommandTimeout}.");
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", errors));
        }

        void Check(bool holds, string error)
        {
            if (!holds)
            {
                errors.Add(error);
            }
        }
    }
}
