using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>D33: a bound on connections.</summary>
public sealed class ConnectionLimitTests(ConnectionLimitTests.SmallSilo silo) : IClassFixture<ConnectionLimitTests.SmallSilo>
{
    private const int Max = 16;

    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task D33_One_connection_more_than_the_setting_says_is_closed_at_once_and_the_others_are_served()
    {
        silo.LetGo();
        var held = new List<TcpClient>();
        try
        {
            while (held.Count < Max)
            {
                // Each is served, and stays open.
                held.Add(Assert.IsType<TcpClient>(await AskAsync()));
            }

            for (var i = 0; i < 3; i++)
            {
                Assert.Null(await AskAsync());
            }

            Assert.All(held, connection => Assert.True(connection.Connected));
            await AskAgainAsync(held[0]);
            held[1].Dispose();
            TcpClient? next;
            do
            {
                // The silo notices the end a moment later.
                next = await AskAsync();
            }
            while (next is null && !_cancel.IsCancellationRequested);
            held.Add(next!);
        }
        finally
        {
            held.ForEach(connection => connection.Dispose());
        }
    }

    /// <returns>An open connection with an answer; null: the silo closed it without one.</returns>
    private async Task<TcpClient?> AskAsync()
    {
        var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync(silo.Address.Host, silo.Address.Port, _cancel);
            await AskAgainAsync(connection);
            return connection;
        }
        catch (IOException)
        {
            connection.Dispose();
            return null;
        }
    }

    /// <exception cref="IOException">The silo closed it.</exception>
    private async Task AskAgainAsync(TcpClient connection)
    {
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"), _cancel);
        var answer = new byte[4_096];
        var count = await stream.ReadAsync(answer, _cancel);
        if (count == 0)
        {
            throw new IOException("closed");
        }

        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
    }

    public sealed class SmallSilo : SiloFixture
    {
        protected override IEnumerable<string> Settings => [$"--ExecutionGrains:Limits:Connections={Max}"];
    }
}
