using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>The body of every 4xx and 5xx answer (RFC 9457).</summary>
public sealed record ProblemView
{
    /// <summary><c>urn:executiongrains:problem:</c> and the code.</summary>
    public required string Type { get; init; }

    /// <summary>A description of the code, the same for every problem with that code.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>A description of this problem, for humans.</summary>
    public required string Detail { get; init; }

    /// <summary>The problem code, for programs. The answers of each call list the possible codes.</summary>
    public required string Code { get; init; }

    /// <summary>The trace id of the request. The silo's log records have the same id.</summary>
    public required string TraceId { get; init; }

    /// <summary>The invalid fields or query parameters. Present only if the problem is about fields.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldErrorView>? Errors { get; init; }

    /// <summary>The status of the execution. Present only if the call conflicts with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecutionStatus? ExecutionStatus { get; init; }
}
