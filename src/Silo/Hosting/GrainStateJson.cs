using System.Text.Json;
using Orleans.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Grain state in the form that the other runtime and the other store give it: names of members, none of types. Orleans's own form holds the name of the class and of its assembly; once either
/// moved, a janitor could not read its record, not activate and never sweep again. What was written in that form is read: the names are passed over.
/// </summary>
public sealed class GrainStateJson : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span)!;
}
