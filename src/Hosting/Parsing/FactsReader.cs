using ExecutionGrains.Rules;

namespace ExecutionGrains.Hosting.Parsing;

/// <summary>Reads the facts about a whole execution, which a create call and its start and end events can carry.</summary>
public static class FactsReader
{
    public static ExecutionFacts Read(JsonFields fields, bool workflowRequired = false)
    {
        var trigger = fields.Object("trigger");
        var facts = new ExecutionFacts
        {
            Workflow = fields.String("workflow", required: workflowRequired),
            Namespace = fields.String("namespace"),
            TriggerType = trigger?.String("type"),
            TriggeredBy = trigger?.String("by"),
            Labels = fields.Labels("labels"),
            ConfigVersion = fields.String("configVersion"),
            ParentExecutionId = fields.String("parentExecutionId"),
            ExplicitTrace = fields.Bool("explicitTrace"),
            Traceparent = fields.String("traceparent"),
            HeartbeatTimeoutSeconds = Lease(fields),
            TimeoutSeconds = (int?)fields.Whole("timeoutSeconds", FieldValidation.Seconds),
            Idempotent = fields.Bool("idempotent"),
            MaxAttempts = (int?)fields.Whole("maxAttempts", FieldValidation.Attempts),
        };
        if (trigger is not null)
        {
            fields.Add(trigger.Faults);
        }

        return facts;
    }

    /// <summary>The lease in seconds. Null: the field is missing. 0: it is an explicit null, which means no lease.</summary>
    private static int? Lease(JsonFields fields) =>
        fields.TryGet("heartbeatTimeoutSeconds", out _) ? (int?)fields.Whole("heartbeatTimeoutSeconds", FieldValidation.Seconds)
        : fields.Says("heartbeatTimeoutSeconds") ? 0
        : null;
}
