using System.Text.Json.Serialization;

namespace ExecutionGrains.Hosting.Secrets;

/// <summary>The JSON form of a <see cref="SigningKeyRing"/> before it is wrapped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(SigningKeyRing))]
internal sealed partial class SecretJson : JsonSerializerContext;
