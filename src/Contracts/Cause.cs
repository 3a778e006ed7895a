using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>
/// Why an epoch ended. <c>reported</c>: the worker reported its end. <c>cancel_confirmed</c>: it was cancelled while pending or paused, or its worker stopped
/// after a cancel. <c>cancel_unconfirmed</c>: it was cancelled and its worker did not report an end. <c>timeout</c>: it ran past its timeout.
/// <c>lost_after_claim</c>: the worker claimed it, then stopped reporting before it started. <c>lost_after_start</c>: the worker started it, then stopped
/// reporting. <c>report_rejected</c>: a final report was rejected, then the worker stopped reporting. <c>claim_expired</c>: the worker claimed it and never
/// reported; the execution is pending again.
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
