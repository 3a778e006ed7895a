namespace ExecutionGrains.Hosting.Description;

/// <summary>
/// Endpoint metadata: all problem codes of one status that the endpoint can answer, for the OpenAPI document. Without it, the document lists every code of the
/// status.
/// </summary>
internal sealed record DocumentedProblemCodes(int Status, IReadOnlyList<string> Codes);
