using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>Every 4xx and 5xx, as <c>application/problem+json</c>.</summary>
public sealed record ProblemView
{
    /// <summary><c>urn:executiongrains:problem:</c> and the code.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }

    public required string Code { get; init; }

    public required string TraceId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldErrorView>? Errors { get; init; }

    /// <summary>Where the execution stands, on conflicts with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecutionStatus? ExecutionStatus { get; init; }
}
