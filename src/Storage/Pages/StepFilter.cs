namespace ExecutionGrains.Storage.Pages;

/// <summary>Filters and order of an execution's steps, and which of their data is read.</summary>
public sealed record StepFilter
{
    /// <summary>All steps, oldest first, with their payloads.</summary>
    public static readonly StepFilter All = new();

    /// <summary>Accepted statuses. Empty: any.</summary>
    public IReadOnlyList<StepStatus> Status { get; init; } = [];

    /// <summary>The parent's step id. Null: steps of any parent, and steps without a parent.</summary>
    public string? ParentStepId { get; init; }

    /// <summary>Default false: oldest first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>Whether input and output are read. Default true.</summary>
    public bool Payloads { get; init; } = true;

    internal bool IsNarrow => Status.Count > 0 || ParentStepId is not null;

    internal string Canonical => $"{NewestFirst} {Payloads} {string.Join(',', Status.Select(s => s.Word()))} {ParentStepId}";
}
