using Microsoft.OpenApi;

namespace ExecutionGrains.Hosting.Description;

/// <summary>The description of a header in the OpenAPI document.</summary>
internal sealed record HeaderShape(string Name, string Description, JsonSchemaType Type = JsonSchemaType.String, string? Pattern = null)
{
    public static readonly HeaderShape IdempotencyKey = new(
        "Idempotency-Key",
        "The execution's id if the body has none. With it a retry finds the execution that the first attempt created.",
        Pattern: Endpoints.Shape.Id);

    public static readonly HeaderShape Trace = new(
        "X-Workflow-Trace",
        "Whether the input and output of steps are stored, as with `explicitTrace`. Default `false`.",
        JsonSchemaType.Boolean);

    public static readonly HeaderShape IfNoneMatch =
        new("If-None-Match", "ETags of responses that the caller already has, separated by commas. If one of them is current, the response is 304.");

    public static readonly HeaderShape ETag = new("ETag", "A weak tag of this response, for If-None-Match.");

    public static readonly HeaderShape CacheControl =
        new("Cache-Control", "`private, no-cache` for reads; `no-store` for problems and for responses that may contain a secret.");

    public static readonly HeaderShape RetryAfter = new("Retry-After", "Seconds to wait before the next attempt.", JsonSchemaType.Integer);

    public static readonly HeaderShape WwwAuthenticate = new("WWW-Authenticate", "`Bearer`.");

    public static readonly HeaderShape Allow = new("Allow", "The methods that are allowed here, separated by commas.");

    public static readonly HeaderShape Accept = new("Accept", "The accepted content types. Present only if the request had another one.");

    public static readonly HeaderShape AcceptEncoding =
        new("Accept-Encoding", "The accepted content encodings. Present only if the request had another one.");

    public OpenApiParameter Parameter() => new() { Name = Name, In = ParameterLocation.Header, Description = Description, Schema = Schema() };

    public OpenApiHeader Header() => new() { Description = Description, Schema = Schema() };

    private OpenApiSchema Schema() => new() { Type = Type, Pattern = Pattern };
}
