using Microsoft.OpenApi;

namespace ExecutionGrains.Hosting.Description;

/// <summary>The description of a header in the OpenAPI document.</summary>
internal sealed record HeaderDocs(string Name, string Description, JsonSchemaType Type = JsonSchemaType.String, string? Pattern = null)
{
    public static readonly HeaderDocs IdempotencyKey = new(
        "Idempotency-Key",
        "The execution's id if the body has none. With it a retry finds the execution that the first attempt created.",
        Pattern: SchemaBounds.Id);

    public static readonly HeaderDocs Trace = new(
        "X-Workflow-Trace",
        "Whether the input and output of steps are stored, as with `explicitTrace`. Default `false`.",
        JsonSchemaType.Boolean);

    public static readonly HeaderDocs IfNoneMatch =
        new("If-None-Match", "ETags of responses that the caller already has, separated by commas. If one of them is current, the response is 304.");

    public static readonly HeaderDocs ETag = new("ETag", "A weak tag of this response, for If-None-Match.");

    public static readonly HeaderDocs CacheControl =
        new("Cache-Control", "`private, no-cache` for reads; `no-store` for problems and for responses that may contain a secret.");

    public static readonly HeaderDocs RetryAfter = new("Retry-After", "Seconds to wait before the next attempt.", JsonSchemaType.Integer);

    public static readonly HeaderDocs WwwAuthenticate = new("WWW-Authenticate", "`Bearer`.");

    public static readonly HeaderDocs Allow = new("Allow", "The methods that are allowed here, separated by commas.");

    public static readonly HeaderDocs Accept = new("Accept", "The accepted content types. Present only if the request had another one.");

    public static readonly HeaderDocs AcceptEncoding =
        new("Accept-Encoding", "The accepted content encodings. Present only if the request had another one.");

    public OpenApiParameter Parameter() => new() { Name = Name, In = ParameterLocation.Header, Description = Description, Schema = Schema() };

    public OpenApiHeader Header() => new() { Description = Description, Schema = Schema() };

    private OpenApiSchema Schema() => new() { Type = Type, Pattern = Pattern };
}
