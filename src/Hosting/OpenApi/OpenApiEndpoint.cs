using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ExecutionGrains.Hosting.OpenApi;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c>, generated from the endpoints and from the record types of their bodies and answers. Its descriptions are
/// the XML docs of these types, which the source generator of Microsoft.AspNetCore.OpenApi reads, also from referenced projects.
/// </summary>
public static class OpenApiEndpoint
{
    /// <summary>Name of the document among those of the app, and the group of the endpoints in it. It is not part of its path.</summary>
    internal const string DocumentName = "executiongrains";

    private const string Version = "v1";

    private const string Description =
        """
        The tracker of record for executions. Workers create or claim an execution, report its events and send heartbeats. The tracker answers where each
        execution got to, how it ended, and whether it is still alive.

        - Times in answers are UTC with six digits. Times in requests are ISO 8601 with an offset or `Z`.
        - Names are 1 to 256 Unicode characters without control characters. Words such as outcomes and levels are case-insensitive.
        - Every 4xx and 5xx answer is a problem document; its `code` identifies the error.
        - Unknown JSON properties are ignored; unknown query parameters are refused. Clients must ignore unknown properties and words.
        - HEAD works wherever GET does. Bodies may be compressed with `gzip` or `br`.
        """;

    public static void Add(IServiceCollection services) => services.AddSingleton<OpenApiDocumentCache>().AddOpenApi(DocumentName, options =>
    {
        options.ShouldInclude = description => description.GroupName == DocumentName;
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
        options.AddSchemaTransformer(DescribeAsync);
    });

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet($"/openapi/{Version}.json", async (HttpContext http, OpenApiDocumentCache text) =>
            await JsonResponse.WriteTaggedAsync(http, await text.ReadAsync().ConfigureAwait(false), "application/json; charset=utf-8").ConfigureAwait(false))
        .ExcludeFromDescription().AllowAnonymous().WithMetadata(AcceptedQueryParameters.None);

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
        document.Tags = new HashSet<OpenApiTag>(ApiTags.All.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }));
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key (`eg_…`); for the events of an execution, also its run token; a JWT if an issuer is configured.",
        };
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var isGet = context.Description.HttpMethod == HttpMethods.Get && !metadata.OfType<Streamed>().Any();
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>())
        {
            (parameter.Schema, parameter.Description) = parameter.Name == "id"
                ? (new OpenApiSchema { Type = JsonSchemaType.String, Pattern = SchemaBounds.Id }, "The execution's id.")
                : (new OpenApiSchema { Type = JsonSchemaType.String }, "The id of the API key, as listed; not the key itself.");
        }

        foreach (var name in metadata.OfType<AcceptedQueryParameters>().SelectMany(q => q.Shapes))
        {
            operation.Parameters.Add(QueryParameterDocs.Of(name));
        }

        foreach (var header in metadata.OfType<DocumentedHeaders>().SelectMany(h => h.Headers).Concat(isGet ? [HeaderDocs.IfNoneMatch] : []))
        {
            operation.Parameters.Add(header.Parameter());
        }

        if (metadata.OfType<AcceptedContentTypes>().SingleOrDefault() is { } types && operation.RequestBody?.Content is { } content
            && content.Remove("*/*", out var body))
        {
            foreach (var type in types.Names)
            {
                content[type] = type == types.Names[0] ? body : new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, Description = "NDJSON: one entry of the JSON array per line." },
                };
            }
        }

        DescribeAnswers(operation, metadata, context.Document!, isGet);
        if (metadata.OfType<AccessRequirement>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
        }
    }

    private static void DescribeAnswers(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document, bool isGet)
    {
        operation.Responses ??= [];
        if (isGet)
        {
            operation.Responses["304"] = new OpenApiResponse();
        }

        operation.Responses["405"] = Problem();
        operation.Responses.TryAdd("500", Problem());
        foreach (var (word, answer) in operation.Responses)
        {
            if (answer is OpenApiResponse response && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                response.Description = ResponseDocs.Description(status, metadata);
                response.Headers = ResponseDocs.Headers(status, isGet).ToDictionary(h => h.Name, h => (IOpenApiHeader)h.Header(), StringComparer.Ordinal);
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

    private static async Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = context.JsonTypeInfo.Type;
        if (Nullable.GetUnderlyingType(type) is { IsEnum: true } @enum)
        {
            // The component of an enum is generated from the first field that refers to it. If that field is nullable, the generator does not find the
            // enum's XML doc, so it is copied here.
            schema.Description = (await context.GetOrCreateSchemaAsync(@enum, cancellationToken: cancel).ConfigureAwait(false)).Description;
        }

        if (schema.Type is { } allowed && (allowed & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0 && (allowed & JsonSchemaType.String) != 0)
        {
            // The app's JSON options may accept numbers in strings. The tracker's parser does not.
            (schema.Type, schema.Pattern) = (allowed & ~JsonSchemaType.String, null);
        }

        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
        {
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }

        if (WordsOf(context) is { } words)
        {
            schema.Enum = [.. words.Select(word => (JsonNode)word)];
        }

        // An answer contains every field, also null ones, except those with JsonIgnore, which it omits when they are empty. All others are required.
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

    /// <summary>The allowed values of a string property that is not an enum in C#; null if it allows any string.</summary>
    private static IEnumerable<string>? WordsOf(OpenApiSchemaTransformerContext context)
    {
        var property = context.JsonPropertyInfo;
        return property is { Name: "code" } && property.DeclaringType == typeof(Views.ProblemView)
            ? ProblemCode.All
            : property?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true) is [AllowedValuesAttribute words]
                ? words.Values.Cast<string>()
                : null;
    }
}
