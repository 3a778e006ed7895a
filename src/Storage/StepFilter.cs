namespace ExecutionGrains.Storage;

/// <summary>Which steps of an execution are asked for, in which order, and what of them.</summary>
public sealed record StepFilter
{
    /// <summary>All steps, oldest first, with their payloads.</summary>
    public static readonly StepFilter All = new();

    /// <summary>Any of these; empty: any.</summary>
    public IReadOnlyList<StepStatus> Status { get; init; } = [];

    /// <summary>The parent's step id; null: any, and none.</summary>
    public string? ParentStepId { get; init; }

    /// <summary>False: oldest first.</summary>
    public bool NewestFirst { get; init; }

    /// <summary>Whether input and output are read. Default true.</summary>
    public bool Payloads { get; init; } = true;

    internal bool IsNarrow => Status.Count > 0 || ParentStepId is not null;

    internal string Canonical => $"{NewestFirst} {Payloads} {string.Join(',', Status.Select(s => s.Word()))} {ParentStepId}";
}
