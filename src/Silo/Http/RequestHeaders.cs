namespace ExecutionGrains.Silo.Http;

/// <summary>The headers that an endpoint reads beside those of every request, for the OpenAPI document.</summary>
internal sealed record RequestHeaders(IReadOnlyList<HeaderShape> Headers);
