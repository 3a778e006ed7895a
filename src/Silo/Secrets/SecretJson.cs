using System.Text.Json.Serialization;

namespace ExecutionGrains.Silo.Secrets;

/// <summary>The JSON form of a <see cref="SecretRing"/> before it is wrapped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SecretRing))]
internal sealed partial class SecretJson : JsonSerializerContext;
