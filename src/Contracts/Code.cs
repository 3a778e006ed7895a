using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>Why a command was not applied; null where it was.</summary>
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
