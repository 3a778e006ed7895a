namespace ExecutionGrains.Hosting.Description;

/// <summary>Endpoint metadata: the description of a successful response in the OpenAPI document.</summary>
internal sealed record ResponseDescription(int Status, string Description);
