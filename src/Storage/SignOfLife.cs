namespace ExecutionGrains.Storage;

/// <summary>What a silo learns of the others when it writes that it is alive, as of one moment of the store: whoever sees another's new sign sees the outage that it ended.</summary>
/// <param name="Before">When any silo last was alive, before this; null: none ever was.</param>
/// <param name="OutageCount">How many outages the store knows. It never falls; another number than last time: there are some to read.</param>
/// <param name="Others">The last signs of those other silos that neither said that they leave nor were found gone.</param>
public sealed record SignOfLife(DateTimeOffset? Before, long OutageCount, IReadOnlyDictionary<string, DateTimeOffset> Others);
