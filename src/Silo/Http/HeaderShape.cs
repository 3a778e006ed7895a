using Microsoft.OpenApi;

namespace ExecutionGrains.Silo.Http;

/// <summary>A header as the OpenAPI document describes it.</summary>
internal sealed record HeaderShape(string Name, string Description, JsonSchemaType Type = JsonSchemaType.String, string? Pattern = null)
{
    public static readonly HeaderShape IdempotencyKey =
        new("Idempotency-Key", "Becomes the id where the body has none, so that a retry finds the first execution.", Pattern: Endpoints.Shape.Id);

    public static readonly HeaderShape Trace = new("X-Workflow-Trace", "true: the input and output of steps are stored, as with explicitTrace.", JsonSchemaType.Boolean);

    public static readonly HeaderShape IfNoneMatch = new("If-None-Match", "Tags of answers that the caller has; 304 where one of them is current.");

    public static readonly HeaderShape ETag = new("ETag", "The answer's tag, weak.");

    public static readonly HeaderShape CacheControl = new("Cache-Control", "private, no-cache for what is read; no-store for answers that may hold a secret, and for problems.");

    public static readonly HeaderShape RetryAfter = new("Retry-After", "Seconds to wait before the next attempt.", JsonSchemaType.Integer);

    public static readonly HeaderShape WwwAuthenticate = new("WWW-Authenticate", "Bearer.");

    public static readonly HeaderShape Allow = new("Allow", "The methods that are allowed.");

    public static readonly HeaderShape Accept = new("Accept", "The content types that are taken, where another was sent.");

    public static readonly HeaderShape AcceptEncoding = new("Accept-Encoding", "The content encodings that are taken, where another was sent.");

    public OpenApiParameter Parameter() => new() { Name = Name, In = ParameterLocation.Header, Description = Description, Schema = Schema() };

    public OpenApiHeader Header() => new() { Description = Description, Schema = Schema() };

    private OpenApiSchema Schema() => new() { Type = Type, Pattern = Pattern };
}
