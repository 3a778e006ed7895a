using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Rules;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Http;

/// <summary>Reads request bodies and checks them, in this order: size, UTF-8, JSON, fields.</summary>
public static class RequestBody
{
    /// <summary>
    /// Maximum buffer before the first byte has arrived. 64 KiB. The buffer then grows with the body, because a caller could otherwise make the silo allocate
    /// memory by declaring a length and sending nothing (D33).
    /// </summary>
    private const int GrantedAtOnce = 64 * 1024;

    /// <summary>Reads the whole body, decompressed, without its byte order mark.</summary>
    /// <param name="max">Maximum size of the decompressed body in bytes. Default 4 MiB.</param>
    /// <exception cref="RequestException">
    /// The body is larger than <paramref name="max"/>, cannot be decompressed, or exceeds the memory allowed for bodies (<see cref="BodyMemoryBudget"/>).
    /// </exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int max = Limits.RequestBytesMax)
    {
        var declared = request.ContentLength;
        if (declared > max)
        {
            throw TooLarge($"The body has {declared} bytes; at most {max} are allowed.");
        }

        var bytes = await GatherAsync(request, (int)Math.Min(declared ?? 4_096, GrantedAtOnce), max).ConfigureAwait(false);
        return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    /// <exception cref="RequestException">The text is not JSON, or nested deeper than <paramref name="depthMax"/>.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int depthMax = Limits.JsonDepthMax)
    {
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = depthMax });
        }
        catch (JsonException failure)
        {
            throw new RequestException(
                ProblemCode.Malformed,
                $"The body is not JSON of at most {Limits.JsonDepthMax} levels: line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}.");
        }
    }

    /// <summary>Parses JSON; false if the text is not JSON or nested deeper than <paramref name="depthMax"/>.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, int depthMax, [NotNullWhen(true)] out JsonDocument? json)
    {
        try
        {
            json = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = depthMax });
            return true;
        }
        catch (JsonException)
        {
            json = null;
            return false;
        }
    }

    /// <summary>Reads a body that is one JSON value in UTF-8.</summary>
    /// <param name="mayBeEmpty">Whether a missing body is read as an empty object.</param>
    /// <exception cref="RequestException">The body is too large, not UTF-8, not JSON, or nested deeper than 64 levels.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(HttpRequest request, bool mayBeEmpty = false)
    {
        var bytes = await ReadAsync(request).ConfigureAwait(false);
        return !Utf8.IsValid(bytes.Span) ? throw new RequestException(ProblemCode.Malformed, "The body is not UTF-8.")
            : bytes.IsEmpty && mayBeEmpty ? Parse("{}"u8.ToArray())
            : Parse(bytes);
    }

    /// <summary>Reads a body that is one JSON object in UTF-8.</summary>
    /// <param name="mayBeEmpty">Whether a missing body is read as an empty object.</param>
    /// <exception cref="RequestException">As for <see cref="ReadJsonAsync"/>; or the value is not an object.</exception>
    public static async Task<JsonDocument> ReadObjectAsync(HttpRequest request, bool mayBeEmpty = false)
    {
        var document = await ReadJsonAsync(request, mayBeEmpty).ConfigureAwait(false);
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return document;
        }

        document.Dispose();
        throw new RequestException(ProblemCode.InvalidRequest, "The body must be an object.", [new FieldErrorView("", "must be an object")]);
    }

    /// <summary>Reads the fields of a JSON object.</summary>
    /// <exception cref="RequestException">A field is missing or not valid. The problem lists all such fields.</exception>
    public static T Fields<T>(JsonElement json, Func<JsonFields, T> read)
    {
        var fields = new JsonFields(json);
        T value;
        try
        {
            value = read(fields);
        }
        catch (InvalidOperationException)
        {
            throw new RequestException(ProblemCode.InvalidRequest, "A property's name holds a lone surrogate.");
        }

        if (fields.IsFine)
        {
            return value;
        }

        var errors = fields.Faults.Select(e => new FieldErrorView(e.Pointer, e.Message)).ToArray();
        throw new RequestException(ProblemCode.InvalidRequest, $"{errors[0].Pointer}: {errors[0].Message}.", errors);
    }

    public static RequestException TooLarge(string detail) => new(ProblemCode.RequestTooLarge, detail);

    private static async Task<ReadOnlyMemory<byte>> GatherAsync(HttpRequest request, int expected, int max)
    {
        try
        {
            return await GatherUnguardedAsync(request, expected, max).ConfigureAwait(false);
        }
        catch (Exception unsound) when (unsound is InvalidDataException or InvalidOperationException)
        {
            // Exceptions of .NET's GZipStream and BrotliStream for data that they cannot decompress, and of Kestrel for trailers that are not text.
            throw new RequestException(ProblemCode.Malformed, "The body does not match its Content-Encoding, or its trailers are not valid.");
        }
        catch (Exception unsound) when (IsChunkFault(unsound) && !request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            throw new RequestException(ProblemCode.Malformed, "The chunked encoding of the body is not valid.");
        }
    }

    /// <summary>
    /// Whether Kestrel threw this for a chunk whose size overflows. For other invalid chunks it throws a <see cref="BadHttpRequestException"/>, which
    /// <see cref="ProblemMiddleware"/> handles.
    /// </summary>
    private static bool IsChunkFault(Exception failure) => failure is OverflowException or (IOException and not BadHttpRequestException);

    private static async Task<ReadOnlyMemory<byte>> GatherUnguardedAsync(HttpRequest request, int expected, int max)
    {
        var held = request.HttpContext.RequestServices.GetRequiredService<BodyMemoryBudget>().Open(request.HttpContext);
        var (body, cancel) = (request.Body, request.HttpContext.RequestAborted);
        var size = Math.Max(expected, 256) + 1;
        held.Take(size);
        var buffer = new byte[size];
        var length = 0;
        while (true)
        {
            var read = await body.ReadAsync(buffer.AsMemory(length), cancel).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            length += read;
            if (length > max)
            {
                throw TooLarge($"The body has more than {max} bytes.");
            }

            if (length == buffer.Length)
            {
                size = Math.Min(buffer.Length * 2, max + 1);
                held.Take(size - buffer.Length);
                Array.Resize(ref buffer, size);
            }
        }
    }
}
