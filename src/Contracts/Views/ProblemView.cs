using System.Text.Json.Serialization;

namespace ExecutionGrains.Views;

/// <summary>What every answer of 4xx and 5xx holds (RFC 9457).</summary>
public sealed record ProblemView
{
    /// <summary><c>urn:executiongrains:problem:</c> and the code.</summary>
    public required string Type { get; init; }

    /// <summary>The code in words, the same for every problem of that code.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What went wrong, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>What went wrong, for programs. The answers of each call list its codes.</summary>
    public required string Code { get; init; }

    /// <summary>The request's trace id. The silo's log has more under it.</summary>
    public required string TraceId { get; init; }

    /// <summary>The wrong fields or query parameters. Only there if the problem is about fields.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldErrorView>? Errors { get; init; }

    /// <summary>Where the execution stands. Only there if the call conflicts with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExecutionStatus? ExecutionStatus { get; init; }
}
