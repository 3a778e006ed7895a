using System.Text.Json.Serialization;

namespace ExecutionGrains;

/// <summary>Why an epoch ended (table in rule 13).</summary>
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
