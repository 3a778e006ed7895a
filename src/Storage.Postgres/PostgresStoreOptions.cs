using System.Net;
using ExecutionGrains.Storage.Postgres.Statements;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>Connection and number of connections of a <see cref="PostgresStore"/>.</summary>
public sealed record PostgresStoreOptions
{
    private const string Form = "Host=…;Database=…;Username=…;Password=…";

    /// <summary>Npgsql connection string: <c>Host=…;Database=…;Username=…;Password=…</c>.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Concurrent commits, each on its own connection. Default 2; 1 to 16.</summary>
    public int WriterCount { get; init; } = 2;

    /// <summary>Connections for reads. Default 8; 1 to 100.</summary>
    public int ReaderCount { get; init; } = 8;

    /// <summary>How long one statement may take before the store counts as unavailable. Default 30 s; 1 s to 10 min.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Rows that one page of a list may examine. Default 20,000; at least 1.</summary>
    internal int ExamineMax { get; init; } = 20_000;

    /// <summary>Rows of each table that one transaction of a deletion deletes. Default 2,000; at least 1.</summary>
    internal int DeletionBatch { get; init; } = 2_000;

    /// <summary>Describes the fault of a connection string, without its values. Null: no fault can be found without the server.</summary>
    public static string? Fault(string connectionString)
    {
        NpgsqlConnectionStringBuilder said;
        try
        {
            said = new(connectionString);
        }
        catch (ArgumentException e) when (e.InnerException is KeyNotFoundException)
        {
            // Omit the keyword: it may be part of a password.
            return $"has a keyword that Npgsql does not know (quote values that contain ;); the form is {Form}";
        }
        catch (ArgumentException e) when (e.InnerException is not null)
        {
            return $"has an invalid value for «{e.ParamName}»";
        }
        catch (ArgumentException)
        {
            return $"is not a connection string; the form is {Form}";
        }

        return string.IsNullOrEmpty(said.Host) ? "has no Host" : Refusal(said);
    }

    /// <summary>The first host of a connection string that is another machine and may be connected to without TLS. Null: there is none.</summary>
    public static string? UnencryptedHost(string connectionString)
    {
        var said = new NpgsqlConnectionStringBuilder(connectionString);
        return said.SslMode >= SslMode.Require ? null : said.Host!.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(host => !IsThisMachine(host));
    }

    /// <summary>Whether the host is a Unix socket or a loopback address.</summary>
    private static bool IsThisMachine(string host)
    {
        if (host.StartsWith('/') || host.StartsWith('@'))
        {
            return true;
        }

        if (IPAddress.TryParse(host, out var address) || (IPEndPoint.TryParse(host, out var endpoint) && (address = endpoint.Address) is not null))
        {
            return IPAddress.IsLoopback(address);
        }

        return string.Equals(host.Split(':')[0], "localhost", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Npgsql's objection to the combination of values. Null: none. Does not connect.</summary>
    private static string? Refusal(NpgsqlConnectionStringBuilder said)
    {
        try
        {
            // Writers do not use a pool, so options that require one are refused.
            said.Pooling = false;
            NpgsqlDataSource.Create(said).Dispose();
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return $"cannot be used: {e.Message}";
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
