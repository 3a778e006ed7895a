using System.Text.Json;
using System.Text.Json.Serialization;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Problems;

/// <summary>Source-generated serializer of problem documents.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ProblemView))]
internal sealed partial class ProblemJson : JsonSerializerContext;
