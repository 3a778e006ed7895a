namespace ExecutionGrains.Silo.Http;

/// <summary>The query parameters of an endpoint, for the OpenAPI document.</summary>
public sealed record QueryNames(IReadOnlyList<string> Names);
