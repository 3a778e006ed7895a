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

/// <summary>What triggered an execution.</summary>
public sealed record TriggerBody
{
    /// <summary>What kind of thing it was, for example <c>schedule</c>: 1 to 256 characters. Default <c>http</c>.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Type { get; init; }

    /// <summary>
    /// Who or what it was: 1 to 256 characters. Default: the first of the caller's claims <c>email, sub, user_id, preferred_username, name</c>, else the key's
    /// name.
    /// </summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? By { get; init; }
}

/// <summary>Makes an execution known. With <c>start</c> the call also claims and starts it.</summary>
public sealed record CreateBody
{
    /// <summary>
    /// The execution's id: 1 to 128 characters of <c>A-Z a-z 0-9 . _ : -</c>, not <c>.</c> or <c>..</c>. Default: the header <c>Idempotency-Key</c>, else one
    /// is made, and a retry makes a second execution.
    /// </summary>
    [RegularExpression(Shape.Id)]
    public string? ExecutionId { get; init; }

    /// <summary>The name of what runs: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string Workflow { get; init; }

    /// <summary>
    /// Groups workflows: 1 to 256 characters. It never changes. Default: the only namespace of the key, else <c>default</c> if the key has it.
    /// </summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Namespace { get; init; }

    /// <summary>What triggered the execution.</summary>
    public TriggerBody? Trigger { get; init; }

    /// <summary>At most 32, by key: keys of 1 to 64 characters without <c>=</c>, values of 0 to 256. Labels of later calls and events are added.</summary>
    [MaxLength(Limits.Labels)]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>The version of what runs, for example a hash of its configuration: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? ConfigVersion { get; init; }

    /// <summary>The id of the execution that started this one.</summary>
    [RegularExpression(Shape.Id)]
    public string? ParentExecutionId { get; init; }

    /// <summary>Whether the input and output of steps are stored. Default false, or what the header <c>X-Workflow-Trace</c> says.</summary>
    public bool? ExplicitTrace { get; init; }

    /// <summary>The W3C trace context that the execution belongs to: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Traceparent { get; init; }

    /// <summary>
    /// Seconds of silence after which the execution is lost, from 1. Default 60. Null: no lease, only <c>timeoutSeconds</c> ends it. A worker sends a heartbeat
    /// at least every third of it.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? HeartbeatTimeoutSeconds { get; init; }

    /// <summary>The longest run in seconds, from 1. Default: no limit.</summary>
    [Range(1, int.MaxValue)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Whether a lost run may be repeated without an operator, up to <c>maxAttempts</c>. Default false.</summary>
    public bool? Idempotent { get; init; }

    /// <summary>The most epochs that may start, 1 to 1,000. Default 1.</summary>
    [Range(1, Limits.Attempts)]
    public int? MaxAttempts { get; init; }

    /// <summary>Claims and starts the execution in the same call. Default: it stays pending.</summary>
    public StartBody? Start { get; init; }
}

/// <summary>Who claims and starts the execution.</summary>
public sealed record StartBody
{
    /// <summary>The name of the worker: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string WorkerId { get; init; }

    /// <summary>Tells the worker's process from earlier ones: 1 to 256 characters that change whenever the process starts. Default: none.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Incarnation { get; init; }

    /// <summary>When it started, in the worker's time. Default: the tracker's time.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>Who claims the execution.</summary>
public sealed record ClaimBody
{
    /// <summary>The name of the worker: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string WorkerId { get; init; }

    /// <summary>Tells the worker's process from earlier ones: 1 to 256 characters that change whenever the process starts. Default: none.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Incarnation { get; init; }
}

/// <summary>One thing that a worker reports. Its <c>type</c> says which.</summary>
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
    /// When it happened, in the worker's time: ISO 8601 with an offset or <c>Z</c>, from 1970-01-01 to 9998-12-31. Default: the tracker's time.
    /// </summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The name of what runs: 1 to 256 characters. Default: as before; <c>unknown</c> if nobody has named it.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Workflow { get; init; }

    /// <summary>
    /// Groups workflows: 1 to 256 characters. Only the event that creates the execution sets it. Default: the only namespace of the key, else <c>default</c> if
    /// the key has it.
    /// </summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public string? Namespace { get; init; }

    /// <summary>An event that has an id.</summary>
    public abstract record Identified : Event
    {
        /// <summary>
        /// 1 to 128 characters, unique in the epoch. The same event again under the same id is a duplicate, so that it is safe to send again.
        /// </summary>
        [StringLength(Limits.EventIdLength, MinimumLength = 1)]
        public required string EventId { get; init; }
    }

    /// <summary>
    /// What an event may say about the execution as a whole. It fills in what nobody has said; the end also replaces what other events have said.
    /// </summary>
    public abstract record WithFacts : Identified
    {
        /// <summary>What triggered the execution.</summary>
        public TriggerBody? Trigger { get; init; }

        /// <summary>
        /// At most 32, by key: keys of 1 to 64 characters without <c>=</c>, values of 0 to 256. They are added to those that the execution has.
        /// </summary>
        [MaxLength(Limits.Labels)]
        public Dictionary<string, string>? Labels { get; init; }

        /// <summary>The version of what runs, for example a hash of its configuration: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? ConfigVersion { get; init; }

        /// <summary>The id of the execution that started this one.</summary>
        [RegularExpression(Shape.Id)]
        public string? ParentExecutionId { get; init; }

        /// <summary>Whether the input and output of steps are stored. Default: as before.</summary>
        public bool? ExplicitTrace { get; init; }

        /// <summary>The W3C trace context that the execution belongs to: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Traceparent { get; init; }

        /// <summary>Seconds of silence after which the execution is lost, from 1. Null: no lease. Default: as before, 60 for a claimed execution.</summary>
        [Range(1, int.MaxValue)]
        public int? HeartbeatTimeoutSeconds { get; init; }

        /// <summary>The longest run in seconds, from 1. Default: as before.</summary>
        [Range(1, int.MaxValue)]
        public int? TimeoutSeconds { get; init; }

        /// <summary>Whether a lost run may be repeated without an operator, up to <c>maxAttempts</c>. Default: as before.</summary>
        public bool? Idempotent { get; init; }

        /// <summary>The most epochs that may start, 1 to 1,000. Default: as before.</summary>
        [Range(1, Limits.Attempts)]
        public int? MaxAttempts { get; init; }
    }

    /// <summary>The execution runs. A pending one is claimed by the worker that is named. Any create field may be sent with it.</summary>
    public sealed record ExecutionStarted : WithFacts
    {
        /// <summary>The name of the worker: 1 to 256 characters. Default: the worker that claimed.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? WorkerId { get; init; }

        /// <summary>Tells the worker's process from earlier ones: 1 to 256 characters that change whenever the process starts. Default: none.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Incarnation { get; init; }
    }

    /// <summary>The execution waits, and is never lost meanwhile.</summary>
    public sealed record ExecutionPaused : Identified
    {
        /// <summary>Why it waits; cut to 1,024 characters. Default: none.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>The execution goes on after a pause.</summary>
    public sealed record ExecutionResumed : Identified
    {
        /// <summary>Why it goes on; cut to 1,024 characters. Default: none.</summary>
        public string? Reason { get; init; }
    }

    /// <summary>
    /// The execution ended. Any create field may be sent with it. If <c>at</c> cannot be read, the end is still recorded, and its row in the history says so.
    /// </summary>
    public sealed record ExecutionCompleted : WithFacts
    {
        /// <summary>How it ended.</summary>
        public required Outcome Outcome { get; init; }

        /// <summary>The result, as any JSON; cut to 64 KiB. Default: none.</summary>
        public RawJson? Output { get; init; }

        /// <summary>What went wrong, as any JSON; cut to 64 KiB. Default: none.</summary>
        public RawJson? Error { get; init; }

        /// <summary>What the whole execution cost, in the worker's unit: 0 to 1,000,000,000,000,000. Default: the sum of the steps' costs.</summary>
        [Range(0, Shape.CostMax)]
        public decimal? Cost { get; init; }

        /// <summary>Trace spans that the execution recorded elsewhere, from 0. Default: none.</summary>
        [Range(0, int.MaxValue)]
        public int? TraceSpanCount { get; init; }

        /// <summary>The name of the worker: 1 to 256 characters. Default: the worker that claimed.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? WorkerId { get; init; }
    }

    /// <summary>A step starts: one run of one block. It also starts a pending or claimed execution.</summary>
    public sealed record StepStarted : Identified
    {
        /// <summary>The step's id, unique in its epoch: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public required string StepId { get; init; }

        /// <summary>The name of the block: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public required string Block { get; init; }

        /// <summary>The type of the block: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? BlockType { get; init; }

        /// <summary>The step that this one runs within: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? ParentStepId { get; init; }

        /// <summary>Any JSON. Stored only if the execution asks for a trace; cut to 10,240 bytes. Default: none.</summary>
        public RawJson? Input { get; init; }
    }

    /// <summary>
    /// A step ended. It may repeat the fields of its start, which need not have arrived. If <c>at</c> cannot be read, the end is still recorded, and its row in
    /// the history says so.
    /// </summary>
    public sealed record StepCompleted : Identified
    {
        /// <summary>The step's id, unique in its epoch: 1 to 256 characters.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public required string StepId { get; init; }

        /// <summary>How it ended.</summary>
        public required StepOutcome Outcome { get; init; }

        /// <summary>The name of the block: 1 to 256 characters. Default: that of the step's start.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Block { get; init; }

        /// <summary>The type of the block: 1 to 256 characters. Default: that of the step's start.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? BlockType { get; init; }

        /// <summary>The step that this one runs within: 1 to 256 characters. Default: that of the step's start.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? ParentStepId { get; init; }

        /// <summary>Any JSON. Stored only if the execution asks for a trace; cut to 10,240 bytes. Default: none.</summary>
        public RawJson? Input { get; init; }

        /// <summary>Any JSON. Stored only if the execution asks for a trace; cut to 10,240 bytes. Default: none.</summary>
        public RawJson? Output { get; init; }

        /// <summary>What went wrong, as any JSON; cut to 64 KiB. Default: none.</summary>
        public RawJson? Error { get; init; }

        /// <summary>What the step cost, in the worker's unit: 0 to 1,000,000,000,000,000. Default: none.</summary>
        [Range(0, Shape.CostMax)]
        public decimal? Cost { get; init; }

        /// <summary>Memory that the step used, in bytes, from 0. Default: none.</summary>
        [Range(typeof(long), "0", "9223372036854775807")]
        public long? MemoryBytes { get; init; }
    }

    /// <summary>A line of the execution's log.</summary>
    public sealed record LogLine : Identified
    {
        /// <summary>The text; cut to 16 KiB of UTF-8. U+0000 is replaced.</summary>
        public required string Message { get; init; }

        /// <summary>
        /// Its severity. Default <c>info</c>. Also read: <c>trace</c> as debug, <c>information</c> and <c>success</c> as info, <c>warning</c> as warn,
        /// <c>critical</c> and <c>fatal</c> as error.
        /// </summary>
        public Severity? Level { get; init; }

        /// <summary>What wrote it, for example a block or a logger: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? Source { get; init; }

        /// <summary>The step that it belongs to: 1 to 256 characters. Default: none.</summary>
        [StringLength(Limits.NameLength, MinimumLength = 1)]
        public string? StepId { get; init; }
    }

    /// <summary>A sign of life. It is never refused for its progress: what is out of bounds is clamped, cut or left out.</summary>
    public sealed record Heartbeat : Event
    {
        /// <summary>1 to 128 characters, for the answer only. Default: none.</summary>
        [StringLength(Limits.EventIdLength, MinimumLength = 1)]
        public string? EventId { get; init; }

        /// <summary>How far the worker is. Default: as before.</summary>
        public ProgressBody? Progress { get; init; }
    }
}

/// <summary>A worker's progress.</summary>
public sealed record ProgressBody
{
    /// <summary>0 to 100; values beyond are clamped. Default: none.</summary>
    [Range(0, 100)]
    public double? Percent { get; init; }

    /// <summary>Cut to 1,024 characters. Default: none.</summary>
    public string? Message { get; init; }
}

/// <summary>Events of one execution. They are applied in order.</summary>
public sealed record EventsBody
{
    /// <summary>The epoch that the events are of, from 1. Default: that of the run token, else 1.</summary>
    [Range(1, int.MaxValue)]
    public int? Epoch { get; init; }

    /// <summary>At most 10,000.</summary>
    [MaxLength(Limits.EventsInRequest)]
    public required Event[] Events { get; init; }
}

/// <summary>An event, and the execution that it belongs to.</summary>
public sealed record AddressedEvent
{
    /// <summary>
    /// The execution's id: 1 to 128 characters of <c>A-Z a-z 0-9 . _ : -</c>, not <c>.</c> or <c>..</c>. An unknown one creates the execution.
    /// </summary>
    [RegularExpression(Shape.Id)]
    public required string ExecutionId { get; init; }

    /// <summary>The epoch that the event is of, from 1. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int? Epoch { get; init; }
}

/// <summary>Why an operator acts.</summary>
public sealed record ReasonBody
{
    /// <summary>For the audit and the history; cut to 1,024 characters. Default: none.</summary>
    public string? Reason { get; init; }
}

/// <summary>An operator's word on a lost execution.</summary>
public sealed record ResolveBody
{
    /// <summary>What became of it.</summary>
    public required Resolution Resolution { get; init; }

    /// <summary>For the audit and the history; cut to 1,024 characters. Default: none.</summary>
    public string? Reason { get; init; }
}

/// <summary>An API key to be made.</summary>
public sealed record KeyBody
{
    /// <summary>What the key is for: 1 to 256 characters.</summary>
    [StringLength(Limits.NameLength, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>What the key may do.</summary>
    public required Auth.Role Role { get; init; }

    /// <summary>The namespaces that the key reaches, at least one; <c>*</c> is all. Only those that the caller has.</summary>
    [MinLength(1)]
    public required string[] Namespaces { get; init; }

    /// <summary>
    /// Claims of the key's holder: a JSON object of at most 4,096 bytes. The first of <c>email, sub, user_id, preferred_username, name</c> names who acts.
    /// Default: none.
    /// </summary>
    public Dictionary<string, System.Text.Json.JsonElement>? Claims { get; init; }

    /// <summary>When the key expires: in the future, and not after the key that makes it. Default: with that key.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How to rotate an API key.</summary>
public sealed record RotateBody
{
    /// <summary>How long the previous secret is accepted, as <c>hh:mm:ss</c>: 0 to 30 days. Default <c>00:10:00</c>.</summary>
    [RegularExpression(@"^([0-9]+\.)?[0-9]+:[0-9]{2}:[0-9]{2}(\.[0-9]+)?$")]
    public string? Overlap { get; init; }
}
