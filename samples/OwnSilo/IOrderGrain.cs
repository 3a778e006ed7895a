namespace ExecutionGrains.Samples.OwnSilo;

/// <summary>One order of the team, by its number.</summary>
public interface IOrderGrain : IGrainWithIntegerKey
{
    /// <summary>Ships the order as one execution of the workflow <c>ship</c>, with one step for each parcel.</summary>
    /// <returns>The id of the execution.</returns>
    Task<string> Ship(int parcels);
}
