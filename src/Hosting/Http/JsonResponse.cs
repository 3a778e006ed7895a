using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ExecutionGrains.Hosting.Http;

/// <summary>JSON responses. Those to GET have an <c>ETag</c>.</summary>
public static class JsonResponse
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = 200) => new JsonReply<T>(value, type, status);

    /// <summary>Writes the response to a GET with its <c>ETag</c>, or 304 if the caller already has this body.</summary>
    public static async Task WriteTaggedAsync(HttpContext http, ReadOnlyMemory<byte> body, string contentType)
    {
        var tag = EntityTag.Of(body.Span);
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";
        if (EntityTag.Matches(http.Request, tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    private sealed class JsonReply<T>(T value, JsonTypeInfo<T> type, int status) : IResult
    {
        private const string ContentType = "application/json; charset=utf-8";

        public Task ExecuteAsync(HttpContext http)
        {
            http.Response.StatusCode = status;
            if (HttpMethods.IsGet(http.Request.Method))
            {
                return WriteTaggedAsync(http, JsonSerializer.SerializeToUtf8Bytes(value, type), ContentType);
            }

            // Responses to other methods may contain a run token or an API key.
            http.Response.Headers.CacheControl = "no-store";
            http.Response.ContentType = ContentType;
            return JsonSerializer.SerializeAsync(http.Response.BodyWriter, value, type, http.RequestAborted);
        }
    }
}
