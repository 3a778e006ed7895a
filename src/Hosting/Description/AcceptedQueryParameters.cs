namespace ExecutionGrains.Hosting.Description;

/// <summary>Endpoint metadata: the query parameters of the endpoint. Any other is refused.</summary>
/// <param name="Shapes">
/// Keys of <see cref="QueryParameterDocs"/>: the name of the parameter, or <c>key:name</c> if endpoints describe parameters of the same name differently.
/// </param>
public sealed record AcceptedQueryParameters(IReadOnlyList<string> Shapes)
{
    public IReadOnlyList<string> Names { get; } = [.. Shapes.Select(shape => shape[(shape.IndexOf(':', StringComparison.Ordinal) + 1)..])];

    public static readonly AcceptedQueryParameters None = new([]);
}
