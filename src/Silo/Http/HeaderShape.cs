using Microsoft.OpenApi;

namespace ExecutionGrains.Silo.Http;

/// <summary>A header as the OpenAPI document describes it.</summary>
internal sealed record HeaderShape(string Name, string Description, JsonSchemaType Type = JsonSchemaType.String, string? Pattern = null)
{
    public static readonly HeaderShape IdempotencyKey = new(
        "Idempotency-Key",
        "Becomes the execution's id if the body has none, so that a retry finds the execution that the first attempt created.",
        Pattern: Endpoints.Shape.Id);

    public static readonly HeaderShape Trace = new(
        "X-Workflow-Trace",
        "`true`: the input and output of steps are stored, as with `explicitTrace`. Default `false`.",
        JsonSchemaType.Boolean);

    public static readonly HeaderShape IfNoneMatch =
        new("If-None-Match", "Tags of answers that the caller has, separated by commas. If one of them is current, the answer is 304.");

    public static readonly HeaderShape ETag = new("ETag", "A weak tag of this answer, for If-None-Match.");

    public static readonly HeaderShape CacheControl =
        new("Cache-Control", "`private, no-cache` on reads; `no-store` on problems and on answers that may hold a secret.");

    public static readonly HeaderShape RetryAfter = new("Retry-After", "Seconds to wait before the next attempt.", JsonSchemaType.Integer);

    public static readonly HeaderShape WwwAuthenticate = new("WWW-Authenticate", "`Bearer`.");

    public static readonly HeaderShape Allow = new("Allow", "The methods that are allowed here, separated by commas.");

    public static readonly HeaderShape Accept = new("Accept", "The content types that are accepted. Only there if the request had another.");

    public static readonly HeaderShape AcceptEncoding =
        new("Accept-Encoding", "The content encodings that are accepted. Only there if the request had another.");

    public OpenApiParameter Parameter() => new() { Name = Name, In = ParameterLocation.Header, Description = Description, Schema = Schema() };

    public OpenApiHeader Header() => new() { Description = Description, Schema = Schema() };

    private OpenApiSchema Schema() => new() { Type = Type, Pattern = Pattern };
}
