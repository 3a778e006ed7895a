namespace ExecutionGrains.Rules;

/// <summary>What the store holds under a command's event id and step id.</summary>
/// <param name="RejectedAs">The codes under which this event id is on record as rejected.</param>
public sealed record Prior(PriorEvent? Event, StepRow? Step, IReadOnlyCollection<Code> RejectedAs)
{
    /// <summary>Nothing is known: the rules decide as if the event were new, and the commit checks.</summary>
    public static readonly Prior None = new(null, null, []);
}
