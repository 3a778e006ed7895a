using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ExecutionGrains.Client.Tests;

/// <summary>Over real connections, while the work blocks every thread of the pool. Blocks the whole process, so no other test runs beside it.</summary>
[CollectionDefinition("Starvation", DisableParallelization = true)]
[Collection("Starvation")]
public sealed class StarvationTests
{
    [Fact]
    public async Task D70_Heartbeats_over_HTTP_pass_while_the_work_blocks_all_threads_of_the_pool()
    {
        using var server = new BlockingServer();
        await using var tracker = new ExecutionTracker(new HttpTransport(server.Address, "eg_key"));
        await using var execution = await tracker.StartAsync("import", new() { ExecutionId = "e-1", HeartbeatTimeout = TimeSpan.FromSeconds(1) });
        using var free = new ManualResetEventSlim();
        ThreadPool.GetMaxThreads(out var workers, out var ports);
        Task[] blocked;
        bool passed;
        try
        {
            // Otherwise the pool starts a thread or two a second, and each serves what came from a socket before it takes a piece of the work.
            ThreadPool.GetMinThreads(out var least, out _);
            Assert.True(ThreadPool.SetMaxThreads(Math.Max(least, Environment.ProcessorCount), ports));
            blocked = [.. Enumerable.Range(0, 200).Select(_ => Task.Run(free.Wait))];

            // This thread is one of the pool's, too, and waits without giving it back.
            passed = server.Beats.Wait(TimeSpan.FromSeconds(10));
        }
        finally
        {
            free.Set();
            ThreadPool.SetMaxThreads(workers, ports);
        }

        await Task.WhenAll(blocked);
        Assert.True(passed);
    }

    /// <summary>A tracker that does not use the pool: one thread per connection.</summary>
    private sealed class BlockingServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public BlockingServer()
        {
            _listener.Start();
            Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
            Run(Accept);
        }

        public Uri Address { get; }

        public CountdownEvent Beats { get; } = new(6);

        public void Dispose() => _listener.Stop();

        private static void Run(Action work) => new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
            {
                // The test is over.
            }
        })
        { IsBackground = true }.Start();

        private void Accept()
        {
            while (true)
            {
                var client = _listener.AcceptTcpClient();
                Run(() => Serve(client));
            }
        }

        private void Serve(TcpClient client)
        {
            using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
            {
                var length = 0;
                for (var header = reader.ReadLine(); !string.IsNullOrEmpty(header); header = reader.ReadLine())
                {
                    length = header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) ? int.Parse(header[15..], null) : length;
                }

                var body = new char[length];
                reader.ReadBlock(body);
                var answer = Answer(line, new string(body));
                stream.Write(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {answer.Length}\r\n\r\n{answer}"));
            }
        }

        private string Answer(string line, string body)
        {
            if (line.Contains("/v1/executions ", StringComparison.Ordinal))
            {
                return """{"executionId":"e-1","result":"applied","status":"running","version":1,"epoch":1,"token":"t"}""";
            }

            var isBeat = body.Contains("\"heartbeat\"", StringComparison.Ordinal);
            if (isBeat && !Beats.IsSet)
            {
                Beats.Signal();
            }

            return """{"executionId":"e-1","status":"running","version":2,"epoch":1,"results":[{"result":"applied"}]}""";
        }
    }
}
