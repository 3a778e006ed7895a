using System.Text.Json.Serialization;

namespace ExecutionGrains.Silo.Secrets;

/// <summary>How secrets are written before they are wrapped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SecretRing))]
internal sealed partial class SecretJson : JsonSerializerContext;
