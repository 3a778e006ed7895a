namespace Orleans.Core;

public interface IStorage
{
    /// <summary>The version that was last read or written, null if none.</summary>
    string? Etag { get; }

    bool RecordExists { get; }

    /// <exception cref="Storage.InconsistentStateException">Somebody else has written since; the activation is given up.</exception>
    Task ClearStateAsync();

    /// <inheritdoc cref="ClearStateAsync"/>
    Task WriteStateAsync();

    Task ReadStateAsync();
}
