using ExecutionGrains.Rules;

namespace ExecutionGrains.Silo.Parsing;

/// <summary>Reads what anybody may say of an execution as a whole: the create fields.</summary>
public static class FactsReading
{
    /// <summary>About 68 years: what fits the milliseconds of a clock, many times over.</summary>
    private const int SecondsMax = int.MaxValue;

    public static ExecutionFacts Read(Fields fields, bool workflowRequired = false)
    {
        var trigger = fields.Object("trigger");
        var facts = new ExecutionFacts
        {
            Workflow = fields.Name("workflow", required: workflowRequired),
            Namespace = fields.Name("namespace"),
            TriggerType = trigger?.Name("type"),
            TriggeredBy = trigger?.Name("by"),
            Labels = fields.Labels("labels"),
            ConfigVersion = fields.Name("configVersion"),
            ParentExecutionId = fields.Id("parentExecutionId"),
            ExplicitTrace = fields.Bool("explicitTrace"),
            Traceparent = fields.Name("traceparent"),
            HeartbeatTimeoutSeconds = Lease(fields),
            TimeoutSeconds = (int?)fields.Whole("timeoutSeconds", 1, SecondsMax),
            Idempotent = fields.Bool("idempotent"),
            MaxAttempts = (int?)fields.Whole("maxAttempts", 1, Limits.Attempts),
        };
        if (trigger is not null)
        {
            fields.Add(trigger);
        }

        return facts;
    }

    /// <summary>Left out is «nobody said»; an explicit null is 0: no lease.</summary>
    private static int? Lease(Fields fields) =>
        fields.TryGet("heartbeatTimeoutSeconds", out _) ? (int?)fields.Whole("heartbeatTimeoutSeconds", 1, SecondsMax)
        : fields.Says("heartbeatTimeoutSeconds") ? 0
        : null;
}
