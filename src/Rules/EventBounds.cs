namespace ExecutionGrains.Rules;

/// <summary>What an event may hold, whichever way it came (rule 17).</summary>
internal static class EventBounds
{
    private const decimal CostMax = 1_000_000_000_000_000m;

    /// <summary>The first field out of bounds and its bound; null: none is.</summary>
    public static string? Violation(ExecutionEvent @event) =>
        IdOf(@event) ?? @event switch
        {
            ExecutionEvent.ExecutionStarted e => Name("workerId", e.Worker?.WorkerId) ?? Name("incarnation", e.Worker?.Incarnation) ?? Of(e.Facts),
            ExecutionEvent.ExecutionCompleted e => Cost(e.Cost) ?? Name("workerId", e.WorkerId) ?? Of(e.Facts),
            ExecutionEvent.StepStarted e => Step(e.StepId, e.Block ?? string.Empty, e.BlockType, e.ParentStepId),
            ExecutionEvent.StepCompleted e => Step(e.StepId, e.Block, e.BlockType, e.ParentStepId) ?? Cost(e.Cost),
            ExecutionEvent.Log e => Name("source", e.Source) ?? Name("stepId", e.StepId),
            _ => null,
        };

    private static string? IdOf(ExecutionEvent @event) =>
        @event is ExecutionEvent.Heartbeat || @event.EventId is { Length: >= 1 and <= Limits.EventIdLength }
            ? null
            : $"eventId: is required, 1 to {Limits.EventIdLength} characters";

    private static string? Step(string stepId, string? block, string? blockType, string? parentStepId) =>
        Name("stepId", stepId ?? string.Empty) ?? Name("block", block) ?? Name("blockType", blockType) ?? Name("parentStepId", parentStepId);

    private static string? Of(ExecutionFacts facts) =>
        Name("workflow", facts.Workflow) ?? Name("namespace", facts.Namespace) ?? Name("trigger.type", facts.TriggerType) ?? Name("trigger.by", facts.TriggeredBy)
        ?? Name("configVersion", facts.ConfigVersion) ?? (facts.Labels is { } labels ? Labels(labels) : null);

    private static string? Labels(Dictionary<string, string> labels)
    {
        if (labels.Count > Limits.Labels)
        {
            return $"labels: at most {Limits.Labels} are taken";
        }

        foreach (var (key, value) in labels)
        {
            if ((Name("labels", key) ?? Name("labels", value)) is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    private static string? Name(string field, string? value) =>
        value is null or { Length: >= 1 and <= Limits.NameLength } ? null : $"{field}: must have 1 to {Limits.NameLength} characters";

    private static string? Cost(decimal? cost) => cost is null or (>= 0 and <= CostMax) ? null : "cost: must be from 0 to 1e15";
}
