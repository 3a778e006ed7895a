namespace ExecutionGrains.Samples.OwnSilo;

/// <summary>The body of the team's own API call.</summary>
/// <param name="Parcels">Number of parcels.</param>
public sealed record Order(int Parcels);
