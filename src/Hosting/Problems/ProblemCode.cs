namespace ExecutionGrains.Hosting.Problems;

/// <summary>The values of <c>code</c> in problem responses, with their HTTP statuses and titles. The only place that maps codes to statuses.</summary>
public static class ProblemCode
{
    public const string Malformed = "malformed";
    public const string InvalidRequest = "invalid_request";
    public const string InvalidParameter = "invalid_parameter";
    public const string Unauthorized = "unauthorized";
    public const string TokenInvalid = "token_invalid";
    public const string TokenExpired = "token_expired";
    public const string Forbidden = "forbidden";
    public const string TokenWrongExecution = "token_wrong_execution";
    public const string NotFound = "not_found";
    public const string UnknownExecution = "unknown_execution";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string RequestTimeout = "request_timeout";
    public const string RequestTooLarge = "request_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string Overloaded = "overloaded";
    public const string RateLimited = "rate_limited";
    public const string IdTaken = "id_taken";
    public const string StoreUnavailable = "store_unavailable";
    public const string InternalError = "internal_error";

    /// <summary>All codes, in the order of the OpenAPI document.</summary>
    internal static readonly IReadOnlyList<string> All =
    [
        Malformed, InvalidRequest, InvalidParameter, Unauthorized, TokenInvalid, TokenExpired, Forbidden, TokenWrongExecution, NotFound, UnknownExecution,
        MethodNotAllowed, RequestTimeout, .. Conflicts(), RequestTooLarge, UnsupportedMediaType, Overloaded, RateLimited, InternalError, StoreUnavailable,
    ];

    public static int Status(string code) => code switch
    {
        Malformed or InvalidRequest or InvalidParameter or "invalid_event" or "missing_step_id" or "unknown_type" => 400,
        Unauthorized or TokenInvalid or TokenExpired => 401,
        Forbidden or TokenWrongExecution => 403,
        NotFound or UnknownExecution => 404,
        MethodNotAllowed => 405,
        "conflict" or "already_claimed" or "already_finished" or "not_lost" or "not_requeueable" or "stale_epoch"
            or "invalid_transition" or "limit_exceeded" or IdTaken or "not_finished" or "legal_hold" => 409,
        RequestTimeout => 408,
        RequestTooLarge => 413,
        UnsupportedMediaType => 415,
        Overloaded or RateLimited => 429,
        StoreUnavailable => 503,
        _ => 500,
    };

    public static string Title(string code) => code switch
    {
        Malformed => "The body cannot be read as JSON",
        InvalidRequest => "A field is missing or wrong",
        InvalidParameter => "A query parameter is unknown or cannot be read",
        Unauthorized => "A valid credential is needed",
        TokenInvalid => "The token is not valid",
        TokenExpired => "The token has expired",
        Forbidden => "The credential does not allow this",
        TokenWrongExecution => "The token belongs to another execution",
        NotFound => "There is no such resource",
        UnknownExecution => "There is no such execution",
        MethodNotAllowed => "The method is not allowed here",
        RequestTimeout => "The body arrived too slowly",
        RequestTooLarge => "The request is too large",
        UnsupportedMediaType => "The content type or encoding is not supported",
        "conflict" => "The request conflicts with stored values",
        "already_claimed" => "Another worker holds the execution",
        "already_finished" => "The execution has ended",
        "not_lost" => "The execution is not lost",
        "not_requeueable" => "The execution cannot be requeued",
        "stale_epoch" => "The epoch has ended",
        "invalid_transition" => "The status of the execution does not allow this",
        "limit_exceeded" => "A limit is exceeded",
        "not_finished" => "The execution has not ended",
        "legal_hold" => "A legal hold protects the execution",
        Overloaded => "The silo is overloaded",
        RateLimited => "Too many requests from this address or key",
        IdTaken => "The id belongs, or belonged, to another execution",
        StoreUnavailable => "The store cannot be reached",
        InternalError => "The silo had an internal error",
        _ => "The request was refused",
    };

    /// <summary>The code for a status that ASP.NET Core or Kestrel set without a problem body.</summary>
    public static string OfStatus(int status) => status switch
    {
        400 => Malformed,
        401 => Unauthorized,
        403 => Forbidden,
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        413 or 414 or 431 => RequestTooLarge,
        415 => UnsupportedMediaType,
        429 => RateLimited,
        503 => StoreUnavailable,
        < 500 => InvalidRequest,
        _ => InternalError,
    };

    private static IEnumerable<string> Conflicts() => Enum.GetValues<Code>().Select(c => c.Word()).Where(c => Status(c) == 409);
}
