using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>Every 4xx and 5xx, as <c>application/problem+json</c>.</summary>
public sealed record ProblemView
{
    /// <summary><c>urn:executiongrains:problem:</c> and the code.</summary>
    public required string Type { get; init; }

    /// <summary>The code in words, the same for each problem of it.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What went wrong, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>What went wrong, for programs; see the answers of each call.</summary>
    public required string Code { get; init; }

    /// <summary>The request's trace, under which the silo's log has more.</summary>
    public required string TraceId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldErrorView>? Errors { get; init; }

    /// <summary>Where the execution stands, on conflicts with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecutionStatus? ExecutionStatus { get; init; }
}
