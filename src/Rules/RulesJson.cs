using System.Text.Json.Serialization;

namespace ExecutionGrains.Rules;

[JsonSerializable(typeof(string))]
internal sealed partial class RulesJson : JsonSerializerContext;
