namespace ExecutionGrains.Silo.Http;

/// <summary>All problem codes of a status that an endpoint answers with, for the OpenAPI document. Without it, every code of the status is listed.</summary>
internal sealed record RefusalCodes(int Status, IReadOnlyList<string> Codes);
