using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ExecutionGrains.Hosting.Parsing;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Receives OTLP over HTTP, in protobuf, on loopback.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);
    private readonly HttpListener _listener = new();
    private readonly SemaphoreSlim _received = new(0);

    public OtlpReceiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<Span> Spans { get; } = [];

    /// <summary>Every export of each metric.</summary>
    public ConcurrentQueue<Metric> Metrics { get; } = [];

    public ConcurrentQueue<Record> Records { get; } = [];

    /// <summary>The attributes of the process that exported last.</summary>
    public IReadOnlyDictionary<string, string> Resource { get; private set; } = new Dictionary<string, string>();

    /// <summary>Waits until enough was received.</summary>
    public async Task UntilAsync(Func<bool> isEnough, CancellationToken cancel)
    {
        var since = Stopwatch.StartNew();
        while (!isEnough())
        {
            // Metrics keep arriving even if nothing else does.
            if (since.Elapsed > WaitMax || !await _received.WaitAsync(WaitMax, cancel))
            {
                throw new TimeoutException($"Received only {string.Join(", ", Spans)}, {string.Join(", ", Metrics.Distinct())}, {string.Join(", ", Records)}.");
            }
        }
    }

    public void Dispose()
    {
        _listener.Close();
        _received.Dispose();
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                var call = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await call.Request.InputStream.CopyToAsync(body);
                Keep(call.Request.Url!.AbsolutePath, body.ToArray());
                call.Response.Close();
                _received.Release();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>All three kinds of request contain a list of resources, each with a list of scopes, each with a list of measurements.</summary>
    private void Keep(string path, byte[] request)
    {
        foreach (var resource in Messages(request, 1))
        {
            Resource = Messages(Messages(resource, 1).Single(), 1)
                .ToDictionary(attribute => Text(attribute, 1), attribute => Text(Messages(attribute, 2).Single(), 1));
            foreach (var scope in Messages(resource, 2))
            {
                var source = Text(Messages(scope, 1).Single(), 1);
                foreach (var item in Messages(scope, 2))
                {
                    Keep(path, source, item);
                }
            }
        }
    }

    private void Keep(string path, string source, ReadOnlyMemory<byte> item)
    {
        switch (path)
        {
            case "/v1/traces":
                Spans.Enqueue(new(source, Hex(item, 1), Hex(item, 2), Hex(item, 4), Text(item, 5)));
                break;
            case "/v1/metrics":
                Metrics.Enqueue(new(source, Text(item, 1)));
                break;
            case "/v1/logs":
                Records.Enqueue(new(source, (int)Fields(item).FirstOrDefault(field => field.Number == 2).Value, Text(Messages(item, 5).Single(), 1)));
                break;
            default:
                throw new InvalidOperationException(path);
        }
    }

    private static string Hex(ReadOnlyMemory<byte> message, int number) => Convert.ToHexStringLower(Messages(message, number).FirstOrDefault().Span);

    private static string Text(ReadOnlyMemory<byte> message, int number) => Encoding.UTF8.GetString(Messages(message, number).FirstOrDefault().Span);

    private static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Bytes);

    /// <summary>Protobuf: each field is a number, its wire type, and a varint, 8 bytes, a length with as many bytes, or 4 bytes.</summary>
    private static IEnumerable<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint();
            var value = (key & 7) is 0 or 2 ? Varint() : 0;
            var length = (key & 7) switch { 0 => 0, 1 => 8, 2 => (int)value, 5 => 4, var type => throw new InvalidDataException($"wire type {type}") };
            yield return ((int)(key >> 3), value, message.Slice(at, length));
            at += length;
        }

        ulong Varint()
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var next = message.Span[at++];
                value |= (ulong)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }

    internal sealed record Span(string Source, string TraceId, string SpanId, string ParentId, string Name);

    internal sealed record Metric(string Source, string Name);

    /// <param name="Severity">OpenTelemetry's number: 9 is information, 13 a warning.</param>
    internal sealed record Record(string Source, int Severity, string Body);
}
