using System.Text;

namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>Writes a request as bytes, in ways that no client would: its head, its lengths and its chunks.</summary>
internal sealed class RawMutation(Random random)
{
    private static readonly string[] Sizes =
    [
        "FFFFFFFFFFFFFFFF", "7FFFFFFFFFFFFFFF", "8000000000000000", "FFFFFFFF", "80000000", "7FFFFFFF", "-1", "+5", "0x5", " 5", "5 ", "g", "",
        new('0', 2_000), "10000000000000000000", "\u00b2",
    ];

    private static readonly string[] Extensions =
    [
        ";a=b", ";", ";;", ";a=\"b;c\"", ";a=\"unended", ";" + new string('x', 5_000), ";\0", ";a=b\n", " ;\ta", ";\u00ff", ";a=b;c=d;" + new string(';', 500),
    ];

    private static readonly string[] Trailers =
    [
        "X-Trailer: a\r\n", "Content-Length: 5\r\n", "Authorization: Bearer x\r\n", "Transfer-Encoding: chunked\r\n", "X: " + new string('t', 9_000) + "\r\n",
        string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: {i}\r\n")), ": no name\r\n", "no colon\r\n", "X: a\0b\r\n", " folded\r\n",
        "X: \u00e9\r\n", "X: unended",
    ];

    private static readonly string[] Lines =
    [
        "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: +3\r\n",
        "Content-Length: 3, 3\r\n", "Content-Length: \r\n",
        "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: \u000bchunked\r\n",
        "Host: two\r\n", "Host: \r\n", "Host: a b\r\n", "Host: [::1\r\n", "X : blank before the colon\r\n", ": no name\r\n", "no colon\r\n",
        " folded\r\n", "X: a\0b\r\n", "X: \u00e9\u00ff\r\n",
        "X-Nul\0: a\r\n", "Authorization: Bearer \u00e9\r\n", "Idempotency-Key: \u00ff\r\n", "Cookie: \u0001\u0002\r\n", "X: a\rb\r\n", "X: a\n",
        "Connection: upgrade, close, x\r\n",
        "Expect: 100-continue\r\n", string.Concat(Enumerable.Range(0, 150).Select(i => $"X-{i}: {i}\r\n")), $"X: {new string('x', 40_000)}\r\n",
    ];

    public FuzzedRequest Of(FuzzedRequest request)
    {
        var isChunked = random.Next(3) > 0;
        var head = new StringBuilder($"{request.Method} {Target(request.Target)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        foreach (var (name, value) in request.Headers.Where(h => h.Name != "Content-Length"))
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        for (var more = random.Next(3); more > 0 && random.Next(2) == 0; more--)
        {
            head.Append(Any(Lines));
        }

        var length = isChunked ? Any(["Transfer-Encoding: chunked\r\n", "transfer-encoding:Chunked\r\n"]) : $"Content-Length: {request.Body.Length}\r\n";
        head.Append(length).Append("\r\n");
        var (body, isWhole) = isChunked ? Chunked(request.Body) : (request.Body, true);
        // One byte a character: all 256 of them are sent.
        return request with { Raw = [.. Encoding.Latin1.GetBytes(head.ToString()), .. body], IsWhole = isWhole };
    }

    private string Target(string target) => random.Next(10) switch
    {
        0 => $"http://localhost{target}",
        1 => target.Replace("%", "", StringComparison.Ordinal) + Any(["%00", "\u00e9", "\"<>", "\\..\\", "#fragment", "?a=%", "?a=\u0001"]),
        2 => Any(["*", "//", "/./v1/../v1/executions", "/v1//executions", "/v1/executions/%2e%2e", "/v1/executions/a%2Fb", "x", "/" + new string('p', 9_000)]),
        _ => target.Replace(' ', '+'),
    };

    /// <returns>The body in chunks, and whether the server can see where it ends.</returns>
    private (byte[] Body, bool IsWhole) Chunked(byte[] body)
    {
        var kind = random.Next(10);
        var chunks = new List<byte>();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(random.Next(1, 200), body.Length - at);
            var isBroken = kind < 4 && random.Next(3) == 0;
            chunks.AddRange(Encoding.Latin1.GetBytes(isBroken && kind == 0 ? Any(Sizes) : size.ToString(random.Next(2) == 0 ? "x" : "X8", null)));
            chunks.AddRange(Encoding.Latin1.GetBytes(kind == 1 || random.Next(8) == 0 ? Any(Extensions) : ""));
            chunks.AddRange(isBroken && kind == 2 ? "\n"u8 : "\r\n"u8);
            chunks.AddRange(body.AsSpan(at, size));
            chunks.AddRange(isBroken && kind == 3 ? "x"u8 : "\r\n"u8);
            at += size;
        }

        if (kind == 4)
        {
            return ([.. chunks[..random.Next(chunks.Count + 1)]], false);
        }

        chunks.AddRange(kind == 5 ? "00000000000"u8 : "0"u8);
        chunks.AddRange("\r\n"u8);
        chunks.AddRange(Encoding.Latin1.GetBytes(kind >= 7 ? Any(Trailers) : ""));
        chunks.AddRange("\r\n"u8);
        // What is broken may make the server wait for more.
        return ([.. chunks], kind is 5 or 6);
    }

    private string Any(string[] all) => all[random.Next(all.Length)];
}
