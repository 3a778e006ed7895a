namespace ExecutionGrains.Rules;

/// <summary>What the store holds under a command's event id and step id.</summary>
/// <param name="RejectedAs">The codes under which this event id is on record as rejected.</param>
public sealed record Prior(PriorEvent? Event, StepRow? Step, IReadOnlyCollection<Code> RejectedAs)
{
    /// <summary>Nothing is known: the rules decide as if the event were new, and the commit checks.</summary>
    public static readonly Prior None = new(null, null, []);
}

/// <summary>An event that took its id.</summary>
/// <param name="CommitId">The commit that wrote it: under our own, an uncertain write was written.</param>
public sealed record PriorEvent(string EventId, byte[] Hash, Result Result, Code? Code, long CommitId);

/// <summary>A rejection on record.</summary>
public sealed record PriorRejection(Code Code, string EventId);
