using System.Text.Json.Serialization;

namespace ExecutionGrains.Client.Http;

/// <summary>
/// HTTP responses as they are on the wire. Enum values stay strings, so that a value of a newer tracker does not fail deserialization.
/// </summary>
internal sealed record GrantReply(string? ExecutionId, string? Result, string? Status, long Version, int Epoch, DateTimeOffset? LeaseExpiresAt, string? Token);

internal sealed record EventsReply(
    string? ExecutionId, string? Status, long Version, int Epoch, DateTimeOffset? LeaseExpiresAt, ControlReply? Control, EventReply[]? Results, string? Token);

internal sealed record ControlReply(bool CancelRequested, string? CancelReason, bool Stop);

internal sealed record EventReply(string? EventId, string? Result, string? Code, string? Message);

internal sealed record ProblemReply(string? Type, string? Code, string? Title, string? Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GrantReply))]
[JsonSerializable(typeof(EventsReply))]
[JsonSerializable(typeof(ProblemReply))]
internal sealed partial class ReplyJson : JsonSerializerContext;
