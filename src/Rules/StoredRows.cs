namespace ExecutionGrains.Rules;

/// <summary>The stored rows with the event id and the step id of a command.</summary>
/// <param name="Event">The event that used up the event id. Null if there is none.</param>
/// <param name="Step">The row of the step. Null if there is none.</param>
/// <param name="RejectedAs">The codes of the stored rejections of this event id.</param>
public sealed record StoredRows(StoredEvent? Event, StepRow? Step, IReadOnlyCollection<Code> RejectedAs)
{
    /// <summary>No known rows: the rules decide as if the event were new, and the commit checks that it is.</summary>
    public static readonly StoredRows None = new(null, null, []);
}
