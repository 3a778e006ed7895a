using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>The document at <c>/openapi/v1.json</c>: made of the endpoints, and of the records of their bodies and answers.</summary>
public static class OpenApi
{
    internal const string Version = "v1";

    private const string Description =
        "The tracker of record for executions. Workers create or claim an execution, report its events and beat; the tracker says where it got to, how it ended, and whether it is "
        + "still alive. Times in answers are UTC with six digits. Every 4xx and 5xx is a problem document whose code says what to do. Unknown JSON properties are ignored; "
        + "unknown query parameters are refused. Clients ignore unknown fields and tolerate unknown words. HEAD is answered as GET, bodies may be compressed with gzip or br.";

    private static readonly Dictionary<string, (string Description, HeaderShape[] Headers)> Answers = new(StringComparer.Ordinal)
    {
        ["200"] = ("Done", []),
        ["201"] = ("Made", []),
        ["202"] = ("Requested", []),
        ["204"] = ("Done", []),
        ["304"] = ("Not modified: the caller has the answer whose tag it named in If-None-Match", [HeaderShape.ETag]),
        ["400"] = ("malformed: no UTF-8, no JSON, or too deep; invalid_request: a field is missing or wrong; invalid_parameter: a query parameter is unknown or cannot be read", []),
        ["401"] = ("unauthorized, token_invalid or token_expired", [HeaderShape.WwwAuthenticate]),
        ["403"] = ("forbidden, or token_wrong_execution", []),
        ["404"] = ("unknown_execution, or not_found", []),
        ["405"] = ("method_not_allowed", [HeaderShape.Allow]),
        ["408"] = ("request_timeout: the body came too slowly; send it again", []),
        ["409"] = ("conflict, id_taken, already_claimed, already_finished, not_lost, not_requeueable, not_finished or legal_hold", []),
        ["413"] = ("request_too_large: a body of more than 4 MiB, more than 10,000 events, or more than 32 KiB of address and headers", []),
        ["415"] = ("unsupported_media_type: of the content type or the content encoding", [HeaderShape.Accept, HeaderShape.AcceptEncoding]),
        ["429"] = (
            "overloaded: the commit queue, or the memory for bodies, is full; rate_limited: too many requests of one address or key; try again",
            [HeaderShape.RetryAfter]),
        ["500"] = ("internal_error", []),
        ["503"] = ("store_unavailable; try again", [HeaderShape.RetryAfter]),
    };

    public static void Add(IServiceCollection services) => services.AddSingleton<OpenApiText>().AddOpenApi(Version, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            Describe(schema, context);
            return Task.CompletedTask;
        });
    });

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet($"/openapi/{Version}.json", async (HttpContext http, OpenApiText text) =>
            await Reply.WriteTaggedAsync(http, await text.ReadAsync().ConfigureAwait(false), "application/json; charset=utf-8").ConfigureAwait(false))
        .ExcludeFromDescription().AllowAnonymous().WithMetadata(QueryNames.None);

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ExecutionGrains",
            Version = Version,
            Description = Description,
            Contact = new OpenApiContact { Name = "ExecutionGrains" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "The silo that serves this document" }];
        document.Tags = new HashSet<OpenApiTag>(Tags.All.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }));
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key (eg_…), on an execution's events its run token, or a JWT where an issuer is configured.",
        };
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var isGet = context.Description.HttpMethod == HttpMethods.Get;
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            (parameter.Schema, parameter.Description) = parameter.Name == "id"
                ? (new OpenApiSchema { Type = JsonSchemaType.String, Pattern = Endpoints.Shape.Id }, "The execution's id.")
                : (new OpenApiSchema { Type = JsonSchemaType.String }, "The key's id.");
        }

        foreach (var name in metadata.OfType<QueryNames>().SelectMany(q => q.Shapes))
        {
            operation.Parameters.Add(QueryParameters.Of(name));
        }

        foreach (var header in metadata.OfType<RequestHeaders>().SelectMany(h => h.Headers).Concat(isGet ? [HeaderShape.IfNoneMatch] : []))
        {
            operation.Parameters.Add(header.Parameter());
        }

        if (metadata.OfType<BodyTypes>().SingleOrDefault() is { } types && operation.RequestBody?.Content is { } content && content.Remove("*/*", out var body))
        {
            foreach (var type in types.Names)
            {
                content[type] = type == types.Names[0]
                    ? body
                    : new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One event of the JSON array per line." } };
            }
        }

        DescribeAnswers(operation, context.Document!, isGet);
        if (metadata.OfType<Access>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
        }
    }

    private static void DescribeAnswers(OpenApiOperation operation, OpenApiDocument document, bool isGet)
    {
        operation.Responses ??= [];
        if (isGet)
        {
            operation.Responses["304"] = new OpenApiResponse();
        }

        operation.Responses["405"] = Problem();
        operation.Responses.TryAdd("500", Problem());
        foreach (var (status, answer) in operation.Responses)
        {
            if (answer is OpenApiResponse response && Answers.TryGetValue(status, out var shape))
            {
                response.Description = shape.Description;
                HeaderShape[] headers = [.. shape.Headers, .. status[0] == '2' && isGet ? [HeaderShape.ETag] : Array.Empty<HeaderShape>(), .. status == "204" ? [] : (HeaderShape[])[HeaderShape.CacheControl]];
                response.Headers = headers.ToDictionary(h => h.Name, h => (IOpenApiHeader)h.Header(), StringComparer.Ordinal);
            }
        }

        OpenApiResponse Problem() => new()
        {
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("ProblemView", document) },
            },
        };
    }

    private static void Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
        {
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }

        // Answers hold every field, also one that is null, but for those that are left out where there is nothing to say.
        if (type.Namespace == typeof(Views.ProblemView).Namespace || type == typeof(EventAnswer) || type == typeof(Control) || type == typeof(Progress))
        {
            foreach (var property in context.JsonTypeInfo.Properties)
            {
                var isLeftOut = property.AttributeProvider?.IsDefined(typeof(System.Text.Json.Serialization.JsonIgnoreAttribute), inherit: true) ?? false;
                if (!isLeftOut && schema.Properties?.ContainsKey(property.Name) == true)
                {
                    (schema.Required ??= new HashSet<string>(StringComparer.Ordinal)).Add(property.Name);
                }
            }
        }
    }
}
