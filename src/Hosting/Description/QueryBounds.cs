namespace ExecutionGrains.Hosting.Description;

/// <summary>Bounds of the query parameters of lists.</summary>
internal static class QueryBounds
{
    /// <summary>Items on a page if the request names no limit. 50.</summary>
    public const int LimitDefault = 50;

    /// <summary>Maximum number of labels in a filter. 32.</summary>
    public const int LabelsMax = 32;

    /// <summary>Maximum number of values of any other filter. 64.</summary>
    public const int ValuesMax = 64;
}
