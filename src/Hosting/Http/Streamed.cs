namespace ExecutionGrains.Hosting.Http;

/// <summary>Marks an endpoint whose answer is written while it is made: it has no tag, and is never 304.</summary>
internal sealed class Streamed;
