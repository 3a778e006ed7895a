namespace ExecutionGrains.Silo.Http;

/// <summary>What a successful answer of an endpoint means, for the OpenAPI document.</summary>
internal sealed record AnswerMeaning(int Status, string Description);
