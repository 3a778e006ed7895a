using System.Text.Json;
using Orleans.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Grain state as JSON with member names and no type names, as on SQLite. Orleans's own form names the class and its assembly; once either moved, a janitor
/// could
/// not read its record and would never sweep again. State in that form is still read: the type names are ignored.
/// </summary>
public sealed class GrainStateJson : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span)!;
}
