using System.Text.Json;
using Orleans.Storage;

namespace ExecutionGrains.Hosting.Store;

/// <summary>
/// Serializes grain state as JSON with member names and without type names, the same form as on SQLite. Orleans's default form contains the class and
/// assembly name; after either was renamed, a janitor could not read its record and would never sweep again. State in the default form is still read: the
/// type names are ignored.
/// </summary>
public sealed class JsonGrainStorageSerializer : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span)!;
}
