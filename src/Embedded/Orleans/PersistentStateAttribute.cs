namespace Orleans.Runtime;

/// <summary>Marks the constructor parameter that receives a grain's <see cref="IPersistentState{TState}"/>.</summary>
/// <param name="stateName">The row's name beside the grain's id.</param>
/// <param name="storageName">The storage provider; the embedded runtime has one and ignores it.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    public string StateName { get; } = stateName;

    public string? StorageName { get; } = storageName;
}
