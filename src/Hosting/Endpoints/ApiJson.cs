using System.Text.Json;
using System.Text.Json.Serialization;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>
/// Source-generated serializer of the API's responses, and the types of the OpenAPI document. Null properties are written, unless a type says otherwise.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(TimeConverter)],
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(HandleView))]
[JsonSerializable(typeof(ReportView))]
[JsonSerializable(typeof(BatchView))]
[JsonSerializable(typeof(CancelAnswerView))]
[JsonSerializable(typeof(ExecutionDetail))]
[JsonSerializable(typeof(PageView<ExecutionSummary>))]
[JsonSerializable(typeof(PageView<StepView>))]
[JsonSerializable(typeof(PageView<LogView>))]
[JsonSerializable(typeof(PageView<HistoryView>))]
[JsonSerializable(typeof(PageView<AuditView>))]
[JsonSerializable(typeof(AuditRecordView))]
[JsonSerializable(typeof(PageView<KeyView>))]
[JsonSerializable(typeof(MeView))]
[JsonSerializable(typeof(StatsView))]
[JsonSerializable(typeof(ClusterView))]
[JsonSerializable(typeof(PausedView))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(CreateBody))]
[JsonSerializable(typeof(ClaimBody))]
[JsonSerializable(typeof(EventsBody))]
[JsonSerializable(typeof(AddressedEvent[]))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(ResolveBody))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(SecretsView))]
[JsonSerializable(typeof(SignInMethodsView))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
internal sealed partial class ApiJson : JsonSerializerContext;
