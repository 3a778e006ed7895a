namespace Orleans;

public interface IGrainFactory
{
    /// <summary>A reference to a grain; nothing is activated until its first call.</summary>
    /// <param name="primaryKey">Compared ordinally.</param>
    /// <param name="grainClassNamePrefix">Tells classes apart when several implement the interface: the start of the class's full name.</param>
    /// <exception cref="ArgumentException">No class, or more than one, implements the interface.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}
