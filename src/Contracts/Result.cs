using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// How an event or a call was handled. Only <c>retry</c> may be sent again. <c>applied</c>: it was recorded. <c>duplicate</c>: the same was recorded before.
/// <c>late</c>: the execution had already ended; the event is evidence and does not change the status. <c>rejected</c>: it was refused; the code says why.
/// <c>retry</c>: nothing was recorded; send it again later.
/// </summary>
[JsonConverter(typeof(WordConverter<Result>))]
public enum Result
{
    Applied,
    Duplicate,
    Late,
    Rejected,
    Retry,
}
