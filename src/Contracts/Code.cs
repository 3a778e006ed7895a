using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// Why an event or a call was not applied. <c>invalid_event</c>: a field of the event is missing or invalid. <c>missing_step_id</c>: the event needs a step
/// id. <c>unknown_type</c>: the event type does not exist. <c>stale_epoch</c>: the worker no longer holds the execution. <c>conflict</c>: it conflicts with a
/// stored value. <c>invalid_transition</c>: the execution does not allow this in its current status or epoch. <c>limit_exceeded</c>: a limit is reached.
/// <c>already_finished</c>: the execution has ended. <c>store_unavailable</c>: the store cannot be reached. <c>overloaded</c>: too many writes are waiting.
/// <c>already_claimed</c>: another worker holds the execution. <c>unknown_execution</c>: the execution does not exist. <c>not_lost</c>: only a lost execution
/// can be resolved. <c>not_requeueable</c>: the execution has no attempt left, or has not ended. <c>forbidden</c>: the key does not allow this.
/// <c>malformed_line</c>: the line or entry cannot be read. <c>id_taken</c>: the id is or was used by another execution.
/// <c>not_finished</c>: only a finished execution can be deleted. <c>legal_hold</c>: a legal hold prevents the deletion.
/// </summary>
[JsonConverter(typeof(WordConverter<Code>))]
public enum Code
{
    InvalidEvent,
    MissingStepId,
    UnknownType,
    StaleEpoch,
    Conflict,
    InvalidTransition,
    LimitExceeded,
    AlreadyFinished,
    StoreUnavailable,
    Overloaded,
    AlreadyClaimed,
    UnknownExecution,
    NotLost,
    NotRequeueable,
    Forbidden,
    MalformedLine,

    /// <summary>The id was used by a deleted execution, or is used in a namespace that the caller may not use.</summary>
    IdTaken,
    NotFinished,
    LegalHold,
}
