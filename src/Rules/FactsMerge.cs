namespace ExecutionGrains.Rules;

/// <summary>Merges facts: new facts fill empty ones, the facts of the end override those of earlier events, and no fact is ever cleared.</summary>
public static class FactsMerge
{
    /// <summary>Each field of <paramref name="first"/> that is set, else that of <paramref name="second"/>. Labels are merged key by key.</summary>
    public static ExecutionFacts MergeOver(this ExecutionFacts first, ExecutionFacts second) => ReferenceEquals(second, ExecutionFacts.None) ? first : new()
    {
        Workflow = first.Workflow ?? second.Workflow,
        Namespace = first.Namespace ?? second.Namespace,
        TriggerType = first.TriggerType ?? second.TriggerType,
        TriggeredBy = first.TriggeredBy ?? second.TriggeredBy,
        Labels = MergeOver(first.Labels, second.Labels),
        ConfigVersion = first.ConfigVersion ?? second.ConfigVersion,
        ParentExecutionId = first.ParentExecutionId ?? second.ParentExecutionId,
        ExplicitTrace = first.ExplicitTrace ?? second.ExplicitTrace,
        Traceparent = first.Traceparent ?? second.Traceparent,
        HeartbeatTimeoutSeconds = first.HeartbeatTimeoutSeconds ?? second.HeartbeatTimeoutSeconds,
        TimeoutSeconds = first.TimeoutSeconds ?? second.TimeoutSeconds,
        Idempotent = first.Idempotent ?? second.Idempotent,
        MaxAttempts = first.MaxAttempts ?? second.MaxAttempts,
    };

    /// <summary><paramref name="facts"/> without the fields and label keys that are set in <paramref name="others"/>. Values are not compared.</summary>
    public static ExecutionFacts Without(this ExecutionFacts facts, ExecutionFacts others) => new()
    {
        Workflow = others.Workflow is null ? facts.Workflow : null,
        Namespace = others.Namespace is null ? facts.Namespace : null,
        TriggerType = others.TriggerType is null ? facts.TriggerType : null,
        TriggeredBy = others.TriggeredBy is null ? facts.TriggeredBy : null,
        Labels = Without(facts.Labels, others.Labels),
        ConfigVersion = others.ConfigVersion is null ? facts.ConfigVersion : null,
        ParentExecutionId = others.ParentExecutionId is null ? facts.ParentExecutionId : null,
        ExplicitTrace = others.ExplicitTrace is null ? facts.ExplicitTrace : null,
        Traceparent = others.Traceparent is null ? facts.Traceparent : null,
        HeartbeatTimeoutSeconds = others.HeartbeatTimeoutSeconds is null ? facts.HeartbeatTimeoutSeconds : null,
        TimeoutSeconds = others.TimeoutSeconds is null ? facts.TimeoutSeconds : null,
        Idempotent = others.Idempotent is null ? facts.Idempotent : null,
        MaxAttempts = others.MaxAttempts is null ? facts.MaxAttempts : null,
    };

    /// <summary>The name of the first field that is set to different values on both sides; null if none is. <c>traceparent</c> is not compared.</summary>
    public static string? ConflictingField(ExecutionFacts stored, ExecutionFacts stated) =>
        Differ(stored.Workflow, stated.Workflow) ? "workflow"
        : Differ(stored.Namespace, stated.Namespace) ? "namespace"
        : Differ(stored.TriggerType, stated.TriggerType) ? "trigger.type"
        : Differ(stored.TriggeredBy, stated.TriggeredBy) ? "trigger.by"
        : LabelsDiffer(stored.Labels, stated.Labels) ? "labels"
        : Differ(stored.ConfigVersion, stated.ConfigVersion) ? "configVersion"
        : Differ(stored.ParentExecutionId, stated.ParentExecutionId) ? "parentExecutionId"
        : Differ(stored.ExplicitTrace, stated.ExplicitTrace) ? "explicitTrace"
        : Differ(stored.HeartbeatTimeoutSeconds, stated.HeartbeatTimeoutSeconds) ? "heartbeatTimeoutSeconds"
        : Differ(stored.TimeoutSeconds, stated.TimeoutSeconds) ? "timeoutSeconds"
        : Differ(stored.Idempotent, stated.Idempotent) ? "idempotent"
        : Differ(stored.MaxAttempts, stated.MaxAttempts) ? "maxAttempts"
        : null;

    /// <summary>The limit that the merged facts exceed, in the format of <see cref="FieldError.ToString"/>. Null if they exceed none.</summary>
    public static string? ExceededLimit(ExecutionFacts facts) =>
        facts.Labels?.Count > Limits.LabelCountMax ? $"/labels: must be at most {Limits.LabelCountMax} labels in all, was {facts.Labels.Count}" : null;

    /// <summary>Whether the two are equal. Labels are compared by key and value.</summary>
    public static bool AreEqual(ExecutionFacts one, ExecutionFacts other) =>
        ReferenceEquals(one, other)
        || ((one with { Labels = null }) == (other with { Labels = null })
            && (one.Labels?.Count ?? 0) == (other.Labels?.Count ?? 0)
            && !LabelsDiffer(one.Labels, other.Labels));

    private static bool Differ<T>(T? stored, T? stated) => stored is not null && stated is not null && !stored.Equals(stated);

    private static bool LabelsDiffer(Dictionary<string, string>? stored, Dictionary<string, string>? stated) =>
        stored is not null && stated is not null && stated.Any(l => stored.TryGetValue(l.Key, out var value) && value != l.Value);

    private static Dictionary<string, string>? Without(Dictionary<string, string>? labels, Dictionary<string, string>? others)
    {
        if (labels is null || others is null)
        {
            return labels;
        }

        var left = labels.Where(l => !others.ContainsKey(l.Key)).ToDictionary(StringComparer.Ordinal);
        return left.Count == 0 ? null : left;
    }

    private static Dictionary<string, string>? MergeOver(Dictionary<string, string>? first, Dictionary<string, string>? second)
    {
        if (first is null || second is null)
        {
            return first ?? second;
        }

        var merged = new Dictionary<string, string>(second, StringComparer.Ordinal);
        foreach (var (key, value) in first)
        {
            merged[key] = value;
        }

        return merged;
    }
}
