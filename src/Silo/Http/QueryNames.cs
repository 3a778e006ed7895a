namespace ExecutionGrains.Silo.Http;

/// <summary>The query parameters of an endpoint; any other is refused.</summary>
public sealed record QueryNames(IReadOnlyList<string> Names)
{
    public static readonly QueryNames None = new([]);
}
