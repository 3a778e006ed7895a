using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// Why an epoch ended. <c>reported</c>: the worker reported its end. <c>cancel_confirmed</c>: it was cancelled while pending or paused, or its worker ended
/// after a cancel. <c>cancel_unconfirmed</c>: it was cancelled and its worker said nothing more. <c>timeout</c>: it ran past its timeout.
/// <c>lost_after_claim</c>: the worker claimed it, did not start and fell silent. <c>lost_after_start</c>: the worker started it and fell silent.
/// <c>report_rejected</c>: the last final report was refused, and the worker fell silent. <c>claim_expired</c>: the worker claimed it and never reported; the
/// execution is pending again.
/// </summary>
[JsonConverter(typeof(WordConverter<Cause>))]
public enum Cause
{
    Reported,
    CancelConfirmed,
    CancelUnconfirmed,
    Timeout,
    LostAfterClaim,
    LostAfterStart,
    ReportRejected,
    ClaimExpired,
}
