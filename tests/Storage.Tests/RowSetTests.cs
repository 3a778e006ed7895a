using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Postgres.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Statements;
using ExecutionGrains.Testing;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>The wire format of a commit's rows is our own; only the engine can tell whether it is correct.</summary>
public sealed class RowSetTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly NumberedSql Sent = NumberedSql.Of(
        "select * from unnest(@text::text[], @int::int[], @long::bigint[], @flag::boolean[], @blob::bytea[])");

    private readonly RowSet rows = new(Sent);
    private NpgsqlDataSource source = null!;
    private string database = null!;

    public async ValueTask InitializeAsync()
    {
        database = await (await PostgresServer.SharedAsync()).DatabaseAsync();
        source = PostgresStore.Writing(database);
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropAsync(database);
    }

    [Fact]
    public async Task Every_value_of_a_row_round_trips()
    {
        (string? Text, int Int, long? Long, bool Flag, byte[]? Blob)[] given =
        [
            ("plain", 1, 1L, true, [1, 2, 3]),
            ("", int.MinValue, long.MinValue, false, []),
            (null, int.MaxValue, null, true, null),
            ("ünï \U0001F600 \t\"{},\\", -1, long.MaxValue, false, [0, 255]),
            (new string('é', 200_000), 0, 0L, true, Enumerable.Range(0, 600_000).Select(i => (byte)i).ToArray()),
        ];
        Assert.Equal(Shown(given), Shown(await SentAsync(given)));
    }

    [Fact]
    public async Task A_cleared_set_can_be_refilled_and_sent_without_rows()
    {
        Assert.Single(await SentAsync([("one", 1, 1L, true, [1])]));
        rows.Clear();
        Assert.Empty(await ReadAsync());
        rows.Clear();
        Assert.Equal(["two|2||False|null"], Shown(await SentAsync([("two", 2, null, false, null)])));
    }

    private static IEnumerable<string> Shown(IEnumerable<(string? Text, int Int, long? Long, bool Flag, byte[]? Blob)> rows) =>
        rows.Select(r => $"{r.Text ?? "null"}|{r.Int}|{r.Long}|{r.Flag}|{(r.Blob is null ? "null" : Convert.ToHexString(r.Blob))}");

    private async Task<List<(string?, int, long?, bool, byte[]?)>> SentAsync((string? Text, int Int, long? Long, bool Flag, byte[]? Blob)[] given)
    {
        foreach (var (text, number, big, flag, blob) in given)
        {
            rows.Row().Word("text", text).Int("int", number).Long("long", big).Flag("flag", flag).Blob("blob", blob);
        }

        return await ReadAsync();
    }

    private async Task<List<(string?, int, long?, bool, byte[]?)>> ReadAsync()
    {
        await using var connection = await source.OpenConnectionAsync(None);
        await using var batch = new NpgsqlBatch(connection);
        var command = new NpgsqlBatchCommand(Sent.Text);
        foreach (var (parameter, _) in Sent.Parameters)
        {
            command.Parameters.Add(rows.Parameter(parameter!));
        }

        batch.BatchCommands.Add(command);
        await using var reader = await batch.ExecuteReaderAsync(None);
        var read = new List<(string?, int, long?, bool, byte[]?)>();
        while (await reader.ReadAsync(None))
        {
            var row = new Row(reader);
            read.Add((row.TextOrNull(0), row.Int(1), row.LongOrNull(2), row.Flag(3), row.BlobOrNull(4)));
        }

        command.Parameters.Clear();
        return read;
    }
}
