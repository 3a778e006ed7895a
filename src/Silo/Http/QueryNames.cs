namespace ExecutionGrains.Silo.Http;

/// <summary>The query parameters of an endpoint; any other is refused.</summary>
/// <param name="Shapes">As the document describes them: a name, or <c>shape:name</c> where the same name is described otherwise elsewhere.</param>
public sealed record QueryNames(IReadOnlyList<string> Shapes)
{
    public IReadOnlyList<string> Names { get; } = [.. Shapes.Select(shape => shape[(shape.IndexOf(':', StringComparison.Ordinal) + 1)..])];

    public static readonly QueryNames None = new([]);
}
