namespace ExecutionGrains.Client.Http;

/// <summary>The error codes of the HTTP API. They identify an error response without a problem type as the tracker's own.</summary>
internal static class ProblemCodes
{
    private static readonly HashSet<string> All =
    [
        "malformed", "invalid_request", "invalid_parameter", "unauthorized", "token_invalid", "token_expired", "forbidden", "token_wrong_execution",
        "not_found", "unknown_execution", "method_not_allowed", "request_timeout", "conflict", "id_taken", "already_claimed", "already_finished", "stale_epoch",
        "invalid_transition", "limit_exceeded", "invalid_event", "missing_step_id", "unknown_type", "request_too_large", "unsupported_media_type",
        "overloaded", "rate_limited",
        "internal_error", "store_unavailable",
    ];

    public static bool Contains(string code) => All.Contains(code);
}
