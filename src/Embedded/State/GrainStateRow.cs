namespace ExecutionGrains.Embedded;

/// <param name="Json">The state as UTF-16 JSON text.</param>
/// <param name="Etag">Differs after every write.</param>
public sealed record GrainStateRow(string Json, string Etag);
