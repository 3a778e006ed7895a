using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ExecutionGrains.Rules;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Endpoints;

// The shapes of request bodies, which the OpenAPI document is made from. Bodies are read field by field (Parsing), so that a wrong field of an event
// is that event's answer and every wrong field of a request is named.

/// <summary>Bounds of the document, as attributes take them.</summary>
internal static class Shape
{
    public const string Id = @"^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$";
    public const double CostMax = (double)Limits.Cost;
}

/// <summary>What started an execution.</summary>
public sealed record TriggerBody
{
    /// <summary>Default <c>http</c>.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Type { get; init; }

    /// <summary>
    /// Left out, it is taken from the caller's claims: the first of <c>email, sub, user_id, preferred_username, name</c>, else the key's name.
    /// </summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? By { get; init; }
}

/// <summary>Makes an execution known, and with <c>start</c> also claims and starts it.</summary>
public sealed record CreateBody
{
    /// <summary>Left out, the header <c>Idempotency-Key</c> becomes the id; with neither one is made, and a retry makes a second execution.</summary>
    [RegularExpression(Shape.Id)]
    public string? ExecutionId { get; init; }

    /// <summary>The name of what runs.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string Workflow { get; init; }

    /// <summary>Never changes. Left out, it is the key's only one, else <c>default</c> where the key has it.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Namespace { get; init; }

    public TriggerBody? Trigger { get; init; }

    /// <summary>At most 32; keys of 1 to 64 characters without <c>=</c>, values of 0 to 256. Merged key by key.</summary>
    [MaxLength(Limits.Labels)]
    public Dictionary<string, string>? Labels { get; init; }

    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? ConfigVersion { get; init; }

    /// <summary>The execution that started this one.</summary>
    [RegularExpression(Shape.Id)]
    public string? ParentExecutionId { get; init; }

    /// <summary>Whether the input and output of steps are stored. Default false.</summary>
    public bool? ExplicitTrace { get; init; }

    /// <summary>The W3C trace context that the execution belongs to.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Traceparent { get; init; }

    /// <summary>Silence in seconds after which the execution is lost. Left out: 60; null: no lease.</summary>
    [Range(1, int.MaxValue)]
    public int? HeartbeatTimeoutSeconds { get; init; }

    /// <summary>The longest run in seconds. Left out or null: none.</summary>
    [Range(1, int.MaxValue)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Whether a lost run may be repeated without an operator. Default false.</summary>
    public bool? Idempotent { get; init; }

    /// <summary>The most epochs that may start. Default 1.</summary>
    [Range(1, Limits.Attempts)]
    public int? MaxAttempts { get; init; }

    public StartBody? Start { get; init; }
}

/// <summary>Claims and starts the execution in the same call.</summary>
public sealed record StartBody
{
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string WorkerId { get; init; }

    /// <summary>Changes at every start of the worker's process.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Incarnation { get; init; }

    /// <summary>The producer's time of the start; left out, the tracker's.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Who claims.</summary>
public sealed record ClaimBody
{
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string WorkerId { get; init; }

    /// <summary>Changes at every start of the worker's process.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Incarnation { get; init; }
}

/// <summary>One thing that a worker reports; <c>type</c> says which.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ExecutionStarted), "execution.started")]
[JsonDerivedType(typeof(ExecutionPaused), "execution.paused")]
[JsonDerivedType(typeof(ExecutionResumed), "execution.resumed")]
[JsonDerivedType(typeof(ExecutionCompleted), "execution.completed")]
[JsonDerivedType(typeof(StepStarted), "step.started")]
[JsonDerivedType(typeof(StepCompleted), "step.completed")]
[JsonDerivedType(typeof(LogLine), "log")]
[JsonDerivedType(typeof(Heartbeat), "heartbeat")]
public abstract record Event
{
    private Event()
    {
    }

    /// <summary>The producer's time: ISO 8601 with an offset or <c>Z</c>, from 1970-01-01 to 9998-12-31. Left out, the tracker's.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The execution's workflow: it fills what nobody has said, and the end overrides what events have said.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Workflow { get; init; }

    /// <summary>The execution's namespace, which never changes.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Namespace { get; init; }

    /// <summary>An event that has an id: unique in its epoch; the same event again under it is a duplicate.</summary>
    public abstract record Identified : Event
    {
        /// <summary>Unique in its epoch; the same event again under it is a duplicate.</summary>
        [StringLength(Limits.EventIdLength, MinimumLength = 1)]
        public required string EventId { get; init; }
    }

    /// <summary>What an event may say of the execution as a whole: it fills what nobody has said, and the end overrides what events have said.</summary>
    public abstract record WithFacts : Identified
    {
        public TriggerBody? Trigger { get; init; }

        /// <summary>At most 32; keys of 1 to 64 characters without <c>=</c>, values of 0 to 256. Merged key by key.</summary>
        [MaxLength(Limits.Labels)]
        public Dictionary<string, string>? Labels { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? ConfigVersion { get; init; }

        [RegularExpression(Shape.Id)]
        public string? ParentExecutionId { get; init; }

        /// <summary>Whether the input and output of steps are stored.</summary>
        public bool? ExplicitTrace { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Traceparent { get; init; }

        /// <summary>Silence in seconds after which the execution is lost; null: no lease.</summary>
        [Range(1, int.MaxValue)]
        public int? HeartbeatTimeoutSeconds { get; init; }

        /// <summary>The longest run in seconds.</summary>
        [Range(1, int.MaxValue)]
        public int? TimeoutSeconds { get; init; }

        public bool? Idempotent { get; init; }

        /// <summary>The most epochs that may start.</summary>
        [Range(1, Limits.Attempts)]
        public int? MaxAttempts { get; init; }
    }

    /// <summary>The execution runs; a pending one is claimed where a worker is named.</summary>
    public sealed record ExecutionStarted : WithFacts
    {
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? WorkerId { get; init; }

        /// <summary>Changes at every start of the worker's process.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Incarnation { get; init; }
    }

    /// <summary>The execution waits and is never lost meanwhile.</summary>
    public sealed record ExecutionPaused : Identified
    {
        /// <summary>Cut to 1,024 characters.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>The execution goes on.</summary>
    public sealed record ExecutionResumed : Identified
    {
        /// <summary>Cut to 1,024 characters.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>The execution ended. A time that cannot be read is left out and noted in the history: the end is always written.</summary>
    public sealed record ExecutionCompleted : WithFacts
    {
        public required Outcome Outcome { get; init; }

        /// <summary>Any JSON; cut to 64 KiB.</summary>
        public RawJson? Output { get; init; }

        /// <summary>Any JSON; cut to 64 KiB.</summary>
        public RawJson? Error { get; init; }

        /// <summary>The total: takes the place of the sum of the steps' costs.</summary>
        [Range(0, Shape.CostMax)]
        public decimal? Cost { get; init; }

        [Range(0, int.MaxValue)]
        public int? TraceSpanCount { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? WorkerId { get; init; }
    }

    /// <summary>A block begins to run; it starts a pending or claimed execution.</summary>
    public sealed record StepStarted : Identified
    {
        /// <summary>Unique in its epoch.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public required string StepId { get; init; }

        /// <summary>The block's name.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public required string Block { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? BlockType { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? ParentStepId { get; init; }

        /// <summary>Any JSON; stored only where the execution asks for a trace, cut to 10,240 bytes.</summary>
        public RawJson? Input { get; init; }
    }

    /// <summary>A step ended; it may repeat what its start said. A time that cannot be read is left out and noted in the history.</summary>
    public sealed record StepCompleted : Identified
    {
        /// <summary>Unique in its epoch.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public required string StepId { get; init; }

        public required StepOutcome Outcome { get; init; }

        /// <summary>The block's name.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Block { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? BlockType { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? ParentStepId { get; init; }

        /// <summary>Any JSON; stored only where the execution asks for a trace, cut to 10,240 bytes.</summary>
        public RawJson? Input { get; init; }

        /// <summary>Any JSON; stored only where the execution asks for a trace, cut to 10,240 bytes.</summary>
        public RawJson? Output { get; init; }

        /// <summary>Any JSON; cut to 64 KiB.</summary>
        public RawJson? Error { get; init; }

        [Range(0, Shape.CostMax)]
        public decimal? Cost { get; init; }

        [Range(typeof(long), "0", "9223372036854775807")]
        public long? MemoryBytes { get; init; }
    }

    /// <summary>A line of the execution's log.</summary>
    public sealed record LogLine : Identified
    {
        /// <summary>Cut to 16 KiB; U+0000 is replaced.</summary>
        public required string Message { get; init; }

        /// <summary>
        /// Default <c>info</c>. Also read: <c>trace</c> as debug, <c>information</c> and <c>success</c> as info, <c>warning</c> as warn, <c>critical</c> and
        /// <c>fatal</c> as error.
        /// </summary>
        public Severity? Level { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Source { get; init; }

        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? StepId { get; init; }
    }

    /// <summary>A sign of life. A progress that is out of bounds is clamped, cut or left out, never refused.</summary>
    public sealed record Heartbeat : Event
    {
        [StringLength(Limits.EventIdLength, MinimumLength = 1)]
        public string? EventId { get; init; }

        public ProgressBody? Progress { get; init; }
    }
}

/// <summary>How far a worker says it is.</summary>
public sealed record ProgressBody
{
    /// <summary>0 to 100; what is beyond is taken for the nearest.</summary>
    [Range(0, 100)]
    public double? Percent { get; init; }

    /// <summary>Cut to 1,024 characters.</summary>
    public string? Message { get; init; }
}

/// <summary>Events of one execution, applied in order.</summary>
public sealed record EventsBody
{
    /// <summary>The epoch that the events speak for. Left out: the run token's, else 1.</summary>
    [Range(1, int.MaxValue)]
    public int? Epoch { get; init; }

    [MaxLength(Limits.EventsInRequest)]
    public required Event[] Events { get; init; }
}

/// <summary>An event, and the execution that it is of.</summary>
public sealed record AddressedEvent
{
    [RegularExpression(Shape.Id)]
    public required string ExecutionId { get; init; }

    /// <summary>Left out: 1.</summary>
    [Range(1, int.MaxValue)]
    public int? Epoch { get; init; }
}

/// <summary>Why an operator acts.</summary>
public sealed record ReasonBody
{
    /// <summary>Cut to 1,024 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>An operator's word on a lost execution.</summary>
public sealed record ResolveBody
{
    public required Resolution Resolution { get; init; }

    /// <summary>Cut to 1,024 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>A key to be made.</summary>
public sealed record KeyBody
{
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string Name { get; init; }

    public required Auth.Role Role { get; init; }

    /// <summary>What the key reaches; <c>*</c> is all.</summary>
    [MinLength(1)]
    public required string[] Namespaces { get; init; }

    /// <summary>Of its holder, as JSON of at most 4,096 bytes; the first of <c>email, sub, user_id, preferred_username, name</c> names who triggers.</summary>
    public Dictionary<string, System.Text.Json.JsonElement>? Claims { get; init; }

    /// <summary>In the future, and not after the expiry of the key that makes it, which it is where left out.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key's new secret.</summary>
public sealed record RotateBody
{
    /// <summary>How long the secret of before goes on, as <c>hh:mm:ss</c>. Default <c>00:10:00</c>; 0 to 30 days.</summary>
    [RegularExpression(@"^([0-9]+\.)?[0-9]+:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$")]
    public string? Overlap { get; init; }
}
