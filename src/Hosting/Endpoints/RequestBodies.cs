using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

// These records describe the request bodies in the OpenAPI document. Bodies are not deserialized into them: Parsing reads field by field, so that a wrong
// field of an event becomes the result of that event, and the response to a bad request names every wrong field.

/// <summary>What triggered an execution.</summary>
public sealed record TriggerBody
{
    /// <summary>The kind of trigger, for example <c>schedule</c>: 1 to 256 characters. Default <c>http</c>.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Type { get; init; }

    /// <summary>
    /// The user or system that triggered it: 1 to 256 characters. Default: the first of the caller's claims
    /// <c>email, sub, user_id, preferred_username, name</c>, else the key's name.
    /// </summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? By { get; init; }
}

/// <summary>A new execution. With <c>start</c> the call also claims and starts it.</summary>
public sealed record CreateBody
{
    /// <summary>
    /// The execution's id: 1 to 128 characters of <c>A-Z a-z 0-9 . _ : -</c>, not <c>.</c> or <c>..</c>. Default: the header <c>Idempotency-Key</c>; without
    /// it, a generated id, so that a retry creates a second execution.
    /// </summary>
    [RegularExpression(SchemaBounds.Id)]
    public string? ExecutionId { get; init; }

    /// <summary>The name of the workflow: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public required string Workflow { get; init; }

    /// <summary>
    /// The namespace, which groups workflows and limits access: 1 to 256 characters. It cannot be changed later. Default: the key's only namespace; if it has
    /// several, <c>default</c> if that is one of them, else the field is required.
    /// </summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Namespace { get; init; }

    /// <summary>What triggered the execution.</summary>
    public TriggerBody? Trigger { get; init; }

    /// <summary>Labels: at most 32; keys of 1 to 64 characters without <c>=</c>, values of 0 to 256. Later calls and events can add more.</summary>
    [MaxLength(Limits.LabelCountMax)]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>The version of the workflow, for example a hash of its configuration: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? ConfigVersion { get; init; }

    /// <summary>The id of the execution that started this one.</summary>
    [RegularExpression(SchemaBounds.Id)]
    public string? ParentExecutionId { get; init; }

    /// <summary>Whether the input and output of steps are stored. Default: the header <c>X-Workflow-Trace</c>, else false.</summary>
    public bool? ExplicitTrace { get; init; }

    /// <summary>The W3C trace context (<c>traceparent</c>) that the execution belongs to: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Traceparent { get; init; }

    /// <summary>
    /// The lease: seconds without contact after which the execution is declared lost, from 1. Default 60. Null: no lease; only <c>timeoutSeconds</c> limits the
    /// run. A worker should send an event or a heartbeat at least three times per lease.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? HeartbeatTimeoutSeconds { get; init; }

    /// <summary>Maximum duration of a run in seconds, from 1. Default: no limit.</summary>
    [Range(1, int.MaxValue)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Whether a lost execution is requeued without an operator, up to <c>maxAttempts</c>. Default false.</summary>
    public bool? Idempotent { get; init; }

    /// <summary>Maximum number of epochs that may start, 1 to 1,000. Default 1.</summary>
    [Range(1, Limits.AttemptsMax)]
    public int? MaxAttempts { get; init; }

    /// <summary>Claims and starts the execution in the same call. Default: it stays pending.</summary>
    public StartBody? Start { get; init; }
}

/// <summary>The worker that claims and starts the execution.</summary>
public sealed record StartBody
{
    /// <summary>The name of the worker: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public required string WorkerId { get; init; }

    /// <summary>Identifies the process of the worker: 1 to 256 characters, different after every start of the process. Default: none.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Incarnation { get; init; }

    /// <summary>When the execution started, by the worker's clock. Default: the tracker's time.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>The worker that claims the execution.</summary>
public sealed record ClaimBody
{
    /// <summary>The name of the worker: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public required string WorkerId { get; init; }

    /// <summary>Identifies the process of the worker: 1 to 256 characters, different after every start of the process. Default: none.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Incarnation { get; init; }
}

/// <summary>An event that a worker reports. The field <c>type</c> selects its kind.</summary>
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

    /// <summary>
    /// When the event happened, by the worker's clock: ISO 8601 with an offset or <c>Z</c>, from 1970-01-01 to 9998-12-31. Default: the tracker's time.
    /// </summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The name of the workflow: 1 to 256 characters. Default: unchanged; <c>unknown</c> if it was never given.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Workflow { get; init; }

    /// <summary>
    /// The namespace, which groups workflows and limits access: 1 to 256 characters. Only the event that creates the execution sets it. Default: the key's only
    /// namespace; if it has several, <c>default</c> if that is one of them.
    /// </summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public string? Namespace { get; init; }

    /// <summary>An event with an id. All events except heartbeats need one.</summary>
    public abstract record Identified : Event
    {
        /// <summary>The event's id: 1 to 128 characters, unique in the epoch. Sending the event again is safe: the result is <c>duplicate</c>.</summary>
        [StringLength(Limits.EventIdLengthMax, MinimumLength = 1)]
        public required string EventId { get; init; }
    }

    /// <summary>
    /// An event with facts about the whole execution. The facts fill in fields that have no value yet. Those of <c>execution.completed</c> also replace the
    /// facts of other events.
    /// </summary>
    public abstract record WithFacts : Identified
    {
        /// <summary>What triggered the execution.</summary>
        public TriggerBody? Trigger { get; init; }

        /// <summary>Labels to add: at most 32 in all; keys of 1 to 64 characters without <c>=</c>, values of 0 to 256.</summary>
        [MaxLength(Limits.LabelCountMax)]
        public Dictionary<string, string>? Labels { get; init; }

        /// <summary>The version of the workflow, for example a hash of its configuration: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? ConfigVersion { get; init; }

        /// <summary>The id of the execution that started this one.</summary>
        [RegularExpression(SchemaBounds.Id)]
        public string? ParentExecutionId { get; init; }

        /// <summary>Whether the input and output of steps are stored. Default: unchanged.</summary>
        public bool? ExplicitTrace { get; init; }

        /// <summary>The W3C trace context (<c>traceparent</c>) that the execution belongs to: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? Traceparent { get; init; }

        /// <summary>The lease: seconds without contact until the execution is lost, from 1. Null: no lease. Default: unchanged; 60 if claimed.</summary>
        [Range(1, int.MaxValue)]
        public int? HeartbeatTimeoutSeconds { get; init; }

        /// <summary>Maximum duration of a run in seconds, from 1. Default: unchanged.</summary>
        [Range(1, int.MaxValue)]
        public int? TimeoutSeconds { get; init; }

        /// <summary>Whether a lost execution is requeued without an operator, up to <c>maxAttempts</c>. Default: unchanged.</summary>
        public bool? Idempotent { get; init; }

        /// <summary>Maximum number of epochs that may start, 1 to 1,000. Default: unchanged.</summary>
        [Range(1, Limits.AttemptsMax)]
        public int? MaxAttempts { get; init; }
    }

    /// <summary>The execution started. If it is pending, this also claims it for the worker in <c>workerId</c>. Accepts the fields of a create call.</summary>
    public sealed record ExecutionStarted : WithFacts
    {
        /// <summary>The name of the worker: 1 to 256 characters. Default: the worker that claimed.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? WorkerId { get; init; }

        /// <summary>Identifies the process of the worker: 1 to 256 characters, different after every start of the process. Default: none.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? Incarnation { get; init; }
    }

    /// <summary>The execution is paused. A paused execution is never declared lost.</summary>
    public sealed record ExecutionPaused : Identified
    {
        /// <summary>The reason, truncated to 1,024 characters. Default: none.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>The execution continues after a pause.</summary>
    public sealed record ExecutionResumed : Identified
    {
        /// <summary>The reason, truncated to 1,024 characters. Default: none.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>
    /// The execution ended. Accepts the fields of a create call. If <c>at</c> is not a valid time, the event is still applied without it, and its row in the
    /// history says so.
    /// </summary>
    public sealed record ExecutionCompleted : WithFacts
    {
        /// <summary>The outcome.</summary>
        public required Outcome Outcome { get; init; }

        /// <summary>The result, any JSON value; truncated to 64 KiB. Default: none.</summary>
        public RawJson? Output { get; init; }

        /// <summary>The error, any JSON value; truncated to 64 KiB. Default: none.</summary>
        public RawJson? Error { get; init; }

        /// <summary>The total cost, in a unit that the worker chooses: 0 to 1,000,000,000,000,000. Default: the sum of the steps' costs.</summary>
        [Range(0, SchemaBounds.CostMax)]
        public decimal? Cost { get; init; }

        /// <summary>Number of trace spans that the execution recorded in another system, from 0. Default: none.</summary>
        [Range(0, int.MaxValue)]
        public int? TraceSpanCount { get; init; }

        /// <summary>The name of the worker: 1 to 256 characters. Default: the worker that claimed.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? WorkerId { get; init; }
    }

    /// <summary>A step started: one run of one block. This also starts a pending or claimed execution.</summary>
    public sealed record StepStarted : Identified
    {
        /// <summary>The step's id, unique in its epoch: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public required string StepId { get; init; }

        /// <summary>The name of the block: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public required string Block { get; init; }

        /// <summary>The type of the block: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? BlockType { get; init; }

        /// <summary>The id of the step that contains this one: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? ParentStepId { get; init; }

        /// <summary>The input, any JSON value; truncated to 10,240 bytes. Stored only with <c>explicitTrace</c>. Default: none.</summary>
        public RawJson? Input { get; init; }
    }

    /// <summary>
    /// A step ended. It may repeat the fields of <c>step.started</c>, and that event may arrive later or never. If <c>at</c> is not a valid time, the event is
    /// still applied without it, and its row in the history says so.
    /// </summary>
    public sealed record StepCompleted : Identified
    {
        /// <summary>The step's id, unique in its epoch: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public required string StepId { get; init; }

        /// <summary>The outcome.</summary>
        public required StepOutcome Outcome { get; init; }

        /// <summary>The name of the block: 1 to 256 characters. Default: as in <c>step.started</c>.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? Block { get; init; }

        /// <summary>The type of the block: 1 to 256 characters. Default: as in <c>step.started</c>.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? BlockType { get; init; }

        /// <summary>The id of the step that contains this one: 1 to 256 characters. Default: as in <c>step.started</c>.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? ParentStepId { get; init; }

        /// <summary>The input, any JSON value; truncated to 10,240 bytes. Stored only with <c>explicitTrace</c>. Default: none.</summary>
        public RawJson? Input { get; init; }

        /// <summary>The output, any JSON value; truncated to 10,240 bytes. Stored only with <c>explicitTrace</c>. Default: none.</summary>
        public RawJson? Output { get; init; }

        /// <summary>The error, any JSON value; truncated to 64 KiB. Default: none.</summary>
        public RawJson? Error { get; init; }

        /// <summary>The cost of the step, in a unit that the worker chooses: 0 to 1,000,000,000,000,000. Default: none.</summary>
        [Range(0, SchemaBounds.CostMax)]
        public decimal? Cost { get; init; }

        /// <summary>Memory used by the step, in bytes, from 0. Default: none.</summary>
        [Range(typeof(long), "0", "9223372036854775807")]
        public long? MemoryBytes { get; init; }
    }

    /// <summary>A line of the execution's log.</summary>
    public sealed record LogLine : Identified
    {
        /// <summary>The text, truncated to 16 KiB of UTF-8. U+0000 is replaced by U+FFFD.</summary>
        public required string Message { get; init; }

        /// <summary>
        /// The severity. Default <c>info</c>. Also accepted: <c>trace</c> as debug, <c>information</c> and <c>success</c> as info, <c>warning</c> as warn,
        /// <c>critical</c> and <c>fatal</c> as error.
        /// </summary>
        public Severity? Level { get; init; }

        /// <summary>The source of the line, for example a block or a logger: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? Source { get; init; }

        /// <summary>The id of the step that the line belongs to: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
        public string? StepId { get; init; }
    }

    /// <summary>Renews the lease and may report progress. Invalid progress is clamped, truncated or dropped; it never makes the event fail.</summary>
    public sealed record Heartbeat : Event
    {
        /// <summary>An id for the result in the response: 1 to 128 characters. Not stored. Default: none.</summary>
        [StringLength(Limits.EventIdLengthMax, MinimumLength = 1)]
        public string? EventId { get; init; }

        /// <summary>The progress of the execution. Default: unchanged.</summary>
        public ProgressBody? Progress { get; init; }
    }
}

/// <summary>A worker's progress.</summary>
public sealed record ProgressBody
{
    /// <summary>Percentage done, 0 to 100; other values are clamped. Default: none.</summary>
    [Range(0, 100)]
    public double? Percent { get; init; }

    /// <summary>A message, truncated to 1,024 characters. Default: none.</summary>
    public string? Message { get; init; }
}

/// <summary>Events of one execution, which are applied in order.</summary>
public sealed record EventsBody
{
    /// <summary>The epoch of the events, from 1. Default: the epoch of the run token, else 1.</summary>
    [Range(1, int.MaxValue)]
    public int? Epoch { get; init; }

    /// <summary>The events, at most 10,000.</summary>
    [MaxLength(Limits.EventsInRequestMax)]
    public required Event[] Events { get; init; }
}

/// <summary>An event, and the execution that it belongs to.</summary>
public sealed record AddressedEvent
{
    /// <summary>
    /// The execution's id: 1 to 128 characters of <c>A-Z a-z 0-9 . _ : -</c>, not <c>.</c> or <c>..</c>. An event with an unknown id creates the execution.
    /// </summary>
    [RegularExpression(SchemaBounds.Id)]
    public required string ExecutionId { get; init; }

    /// <summary>The epoch of the event, from 1. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int? Epoch { get; init; }
}

/// <summary>The reason of an operator's action.</summary>
public sealed record ReasonBody
{
    /// <summary>The reason, for the audit log and the history; truncated to 1,024 characters. Default: none.</summary>
    public string? Reason { get; init; }
}

/// <summary>An operator's finding about a lost execution.</summary>
public sealed record ResolveBody
{
    /// <summary>The finding.</summary>
    public required Resolution Resolution { get; init; }

    /// <summary>The reason, for the audit log and the history; truncated to 1,024 characters. Default: none.</summary>
    public string? Reason { get; init; }
}

/// <summary>A new API key.</summary>
public sealed record KeyBody
{
    /// <summary>A name that tells the purpose of the key: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLengthMax, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>What the key may do.</summary>
    public required Role Role { get; init; }

    /// <summary>The namespaces that the key may access, at least one; <c>*</c> means all. The caller's key must have all of them.</summary>
    [MinLength(1)]
    public required string[] Namespaces { get; init; }

    /// <summary>
    /// Claims about the holder of the key: a JSON object of at most 4,096 bytes. The first of <c>email, sub, user_id, preferred_username, name</c> becomes the
    /// name of the caller on executions. Default: none.
    /// </summary>
    public Dictionary<string, System.Text.Json.JsonElement>? Claims { get; init; }

    /// <summary>When the key expires: in the future, and not after the key that creates it. Default: the expiry of that key, if it has one.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Options for rotating an API key.</summary>
public sealed record RotateBody
{
    /// <summary>How long the previous secret is still accepted, as <c>hh:mm:ss</c>: 0 to 30 days. Default <c>00:10:00</c>.</summary>
    [RegularExpression(@"^([0-9]+\.)?[0-9]+:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$")]
    public string? Overlap { get; init; }
}
