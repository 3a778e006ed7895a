using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// How the end was written. <c>completed</c>: as a success, in full. <c>fallback_completed</c>: as a success, without payloads, because the store refused the
/// full record. <c>force_failed</c>: as a failure, reported by the worker or decided by the tracker. <c>cancelled</c>: as a cancel. <c>paused</c>: not ended;
/// the execution is paused. <c>lost</c>: the tracker declared it lost.
/// </summary>
[JsonConverter(typeof(WordConverter<FinalizationPath>))]
public enum FinalizationPath
{
    Completed,
    FallbackCompleted,
    ForceFailed,
    Cancelled,
    Paused,
    Lost,
}
