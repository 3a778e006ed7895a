namespace ExecutionGrains.Hosting.Description;

/// <summary>Endpoint metadata: the headers that the endpoint reads, besides the headers common to all requests, for the OpenAPI document.</summary>
internal sealed record DocumentedHeaders(IReadOnlyList<HeaderDocs> Headers);
