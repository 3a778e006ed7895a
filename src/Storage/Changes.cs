namespace ExecutionGrains.Storage;

/// <summary>Which executions were written; <see cref="Everything"/>: any may have been.</summary>
/// <param name="Ids">Each once; empty for <see cref="Everything"/>.</param>
/// <param name="IsEverything">Too many to name, or some were missed.</param>
public sealed record Changes(IReadOnlyCollection<ExecutionId> Ids, bool IsEverything)
{
    public static readonly Changes Everything = new([], IsEverything: true);

    public static Changes Of(IReadOnlyCollection<ExecutionId> ids) => new(ids, IsEverything: false);
}
