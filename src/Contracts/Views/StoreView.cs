using System.ComponentModel.DataAnnotations;

namespace ExecutionGrains.Views;

/// <summary>The database that holds the executions.</summary>
/// <param name="Kind"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="EngineVersion">The version of the database engine.</param>
/// <param name="Schema">The number of the last migration.</param>
/// <param name="Size">Bytes on disk.</param>
/// <param name="GrowthBytesPerHour">Growth in bytes per hour, measured by this silo since its start, over at most 24 hours. Null in its first minute.</param>
public sealed record StoreView(
    [property: AllowedValues("sqlite", "postgres")] string Kind, string EngineVersion, int Schema, long Size, long? GrowthBytesPerHour);
