using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// Why an event or a call was not applied. <c>invalid_event</c>: a field of the event is missing or wrong. <c>missing_step_id</c>: the event needs a step id.
/// <c>unknown_type</c>: there is no such type of event. <c>stale_epoch</c>: the worker no longer holds the execution. <c>conflict</c>: it contradicts what was
/// said before. <c>invalid_transition</c>: the execution cannot do this from where it stands. <c>limit_exceeded</c>: a limit is reached.
/// <c>already_finished</c>: the execution had ended. <c>store_unavailable</c>: the store cannot be reached. <c>overloaded</c>: too much waits to be written.
/// <c>already_claimed</c>: another worker holds the execution. <c>unknown_execution</c>: there is no such execution. <c>not_lost</c>: only a lost execution can
/// be resolved. <c>not_requeueable</c>: the execution has no attempt left, or has not ended. <c>forbidden</c>: the key does not allow this.
/// <c>malformed_line</c>: the line or entry cannot be read. <c>id_taken</c>: the id belongs, or belonged, to another execution.
/// <c>not_finished</c>: only a finished execution can be deleted. <c>legal_hold</c>: a legal hold keeps the execution.
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

    /// <summary>The id was used before, or belongs to a namespace that the caller does not have.</summary>
    IdTaken,
    NotFinished,
    LegalHold,
}
