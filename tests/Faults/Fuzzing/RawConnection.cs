using System.Net.Sockets;
using System.Text;

namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>Sends the bytes of one request over a connection of its own and reads what comes back.</summary>
internal static class RawConnection
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    /// <summary>How long the server has to refuse what has no end, before the connection ends it.</summary>
    private static readonly TimeSpan RefusalMax = TimeSpan.FromMilliseconds(100);

    /// <summary>The answer; its status is 0 where none came.</summary>
    public static async Task<(int Status, string? MediaType, string Text)> SendAsync(Uri address, FuzzedRequest request)
    {
        using var patience = new CancellationTokenSource(AnswerMax);
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, patience.Token);
        await using var stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request.Raw!, patience.Token);
            var reading = stream.CopyToAsync(answer, patience.Token);
            if (!request.IsWhole && await Task.WhenAny(reading, Task.Delay(RefusalMax, patience.Token) /* allowed: a limit, not a wait */) != reading)
            {
                // The server waits for the rest.
                client.Client.Shutdown(SocketShutdown.Send);
            }

            await reading;
        }
        catch (Exception reset) when (reset is IOException or SocketException)
        {
            // The server closed a connection that still had bytes for it. What it answered before has been read.
        }

        return Read(Encoding.Latin1.GetString(answer.ToArray()));
    }

    private static (int Status, string? MediaType, string Text) Read(string answer)
    {
        // Of an answer that announces another one.
        while (answer.StartsWith("HTTP/1.1 100 ", StringComparison.Ordinal))
        {
            answer = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        }

        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0 || !answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
        {
            return (0, null, answer);
        }

        var head = answer[..end];
        return (int.Parse(head.AsSpan(9, 3), null), Header(head, "Content-Type")?.Split(';')[0], answer[(end + 4)..]);
    }

    private static string? Header(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
