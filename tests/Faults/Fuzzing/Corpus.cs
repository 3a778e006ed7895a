namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>Valid requests, one for every call of the contract and every type of event, from which mutations start.</summary>
internal static class Corpus
{
    public static readonly (string Method, string Target, string Body)[] Requests =
    [
        ("POST", "/v1/executions", """
            {"executionId":"fuzz-1","workflow":"nightly","namespace":"default","trigger":{"type":"schedule","by":"ops"},
             "labels":{"region":"eu"},"configVersion":"sha256:1",
             "parentExecutionId":null,"explicitTrace":true,"traceparent":"00-1","heartbeatTimeoutSeconds":60,
             "timeoutSeconds":3600,"idempotent":false,"maxAttempts":2,
             "start":{"workerId":"w1","incarnation":"i1","at":"2026-11-21T03:00:00.000000Z"}}
            """),
        ("POST", "/v1/executions/fuzz-1/claim", """{"workerId":"w1","incarnation":"i1"}"""),
        ("POST", "/v1/executions/fuzz-1/events", """{"epoch":1,"events":["""
            + """{"eventId":"e1","type":"execution.started","at":"2026-11-21T03:00:00.000000Z","workerId":"w1","incarnation":"i1","labels":{"a":"b"}}]}"""),
        ("POST", "/v1/executions/fuzz-2/events", """{"epoch":1,"events":["""
            + """{"eventId":"e2","type":"step.started","at":"2026-11-21T03:00:00.000000Z","stepId":"s1","block":"extract","blockType":"http","parentStepId":"""
            + """null,"input":{"a":[1,2]}}]}"""),
        ("POST", "/v1/executions/fuzz-2/events", """{"epoch":1,"events":["""
            + """{"eventId":"e3","type":"step.completed","stepId":"s1","outcome":"fail","output":{"x":1},"error":"""
            + """{"type":"t","message":"m"},"cost":0.002,"memoryBytes":12}]}"""),
        ("POST", "/v1/executions/fuzz-3/events", """{"epoch":1,"events":["""
            + """{"eventId":"e4","type":"log","level":"info","source":"extract","stepId":"s1","message":"hello"},"""
            + """{"type":"heartbeat","progress":{"percent":40,"message":"4 of 10"}}]}"""),
        ("POST", "/v1/executions/fuzz-3/events", """{"epoch":1,"events":["""
            + """{"eventId":"e5","type":"execution.paused","reason":"why"},{"eventId":"e6","type":"execution.resumed","reason":"on"}]}"""),
        ("POST", "/v1/executions/fuzz-4/events", """{"epoch":1,"events":["""
            + """{"eventId":"e7","type":"execution.completed","outcome":"success","output":{"rows":1},"error":"""
            + """null,"cost":1.5,"traceSpanCount":3,"workerId":"w1"}]}"""),
        ("POST", "/v1/events", """[{"executionId":"fuzz-5","epoch":1,"eventId":"e8","type":"step.started","stepId":"s1","block":"b"},"""
            + """{"executionId":"fuzz-6","eventId":"e9","type":"log","message":"m"}]"""),
        ("POST", "/v1/executions/fuzz-7/cancel", """{"reason":"no longer wanted"}"""),
        ("POST", "/v1/executions/fuzz-1/resolve", """{"resolution":"recovered","reason":"seen"}"""),
        ("POST", "/v1/executions/fuzz-1/requeue", """{"reason":"again"}"""),
        ("POST", "/v1/janitor/resume", """{"reason":"on"}"""),
        ("POST", "/v1/keys", """{"name":"ci","role":"executor","namespaces":["default"],"claims":"""
            + """{"email":"a@b.c"},"expiresAt":"2027-11-21T03:00:00.000000Z"}"""),
        ("DELETE", "/v1/keys/no-such-key", ""),
        ("GET", "/v1/executions?status=running&status=lost&workflow=nightly&namespace=default&cause=reported&worker=w1&triggeredBy=ops"
            + "&label=region:eu&resolution=recovered&late=true&startedAfter=2026-11-21T03:00:00.000000Z"
            + "&startedBefore=2027-11-21T03:00:00.000000Z&q=fuzz&limit=5&cursor=", ""),
        ("GET", "/v1/executions?label=region=eu&hasLabel=region&epochStatus=lost&epochCause=claim_expired&epochEndedAfter=2026-11-21T03:00:00Z"
            + "&minDurationMs=5&parent=p&sort=duration", ""),
        ("GET", "/v1/executions?createdAfter=2026-11-21T03:00:00Z&createdBefore=2027-11-21%2003:00%2B01:00&endedAfter=2026-11-21T03:00:60Z"
            + "&sort=ended&limit=5", ""),
        ("GET", "/v1/executions/fuzz-1?payloads=false", ""),
        ("DELETE", "/v1/executions/fuzz-7", ""),
        ("GET", "/v1/executions/fuzz-2/steps?limit=5&cursor=abc&status=running&parent=s1&order=desc&payloads=false", ""),
        ("GET", "/v1/executions/fuzz-3/logs?level=info&stepId=s1&q=hello&order=asc&limit=5", ""),
        ("GET", "/v1/executions/fuzz-1/history?limit=5&order=desc", ""),
        ("GET", "/v1/stats?window=24h&workflow=nightly&namespace=default", ""),
        ("GET", "/v1/cluster", ""),
        ("GET", "/v1/audit?limit=5&by=admin&action=cancel&executionId=fuzz-7&from=2026-11-21T03:00:00Z&to=2027-11-21T03:00:00Z", ""),
        ("GET", "/v1/keys", ""),
        ("GET", "/v1/me", ""),
        ("POST", "/v1/keys/no-such-key/rotate", """{"overlap":"00:10:00"}"""),
        ("GET", "/openapi/v1.json", ""),
        ("GET", "/health/ready", ""),
    ];

    /// <summary>Raw JSON texts with mistakes that people and programs make.</summary>
    public static readonly string[] JsonValues =
    [
        "null", "true", "0", "-1", "1e400", "1e308", "-0.0", "9223372036854775808", "0.1e-400", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"",
        $"\"{new string('x', 300)}\"", $"\"{new string('y', 100_000)}\"", $"{new string('[', 1_000)}{new string(']', 1_000)}", "[]", "{}", "[[[]]]",
        "{\"a\":{\"a\":{}}}",
        "\"0001-01-01T00:00:00.000000Z\"", "\"9999-12-31T23:59:59.999999Z\"", "\"-0001-01-01T00:00:00Z\"", "\"2026-02-30T00:00:00.000000Z\"", "\"2026-11-21\"",
        "\"23:59\"",
        "\"\ud83d\ude80\"", "\"\u202eabc\"", "\"../../etc/passwd\"", "\"' or 1=1 --\"", "\"%00\"", "\"success\"", "\"SUCCESS\"", "\"fail\"",
        "\"execution.completed\"", "\"heartbeat\"", "2147483648",
    ];

    /// <summary>Query parameters of any call, and some of none.</summary>
    public static readonly string[] QueryNames =
    [
        "status", "workflow", "namespace", "cause", "worker", "triggeredBy", "parent", "label", "hasLabel", "resolution", "late", "startedAfter",
        "createdBefore", "endedAfter",
        "minDurationMs", "epochStatus", "epochCause", "epochEndedAfter", "q", "limit", "cursor", "sort", "level", "stepId", "order", "payloads",
        "window", "by", "action",
        "executionId", "from", "to", "dryRun", "Status", "workflw", "%00", "",
    ];

    public static readonly string[] OddQueries =
    [
        "&&", "=", "=x", "?", "%", "%zz", "%u0041", "%00=%00", "limit", "limit=&limit=5", "a=b=c", "%ed%a0%80=x", "q=%ff", "cursor=%00",
    ];

    /// <summary>Headers that the silo, its server or something before it reads, with values that it should not be given.</summary>
    public static readonly (string Name, string Value)[] Headers =
    [
        ("Accept", "text/nonsense"), ("Accept", ";;;"), ("Accept-Encoding", "gzip;q=99, br;q=-1, *;q=x"), ("Accept-Encoding", "br"),
        ("Accept-Encoding", "identity;q=0, *;q=0"),
        ("If-None-Match", "*"), ("If-None-Match", "\"a\", W/\"b\", ,, \""),
        ("If-None-Match", new string('"', 5_000)), ("If-Match", "\"x\""), ("Range", "bytes=9-1,-,x"),
        ("If-Modified-Since", "yesterday"), ("Content-Range", "bytes 1-0/x"), ("Expect", "100-continue"), ("Expect", "nonsense"),
        ("Traceparent", "00-zz-zz-zz"), ("Traceparent", "00-00000000000000000000000000000000-0000000000000000-ff"),
        ("Tracestate", new string('a', 3_000)), ("Baggage", "=,=;;%00"),
        ("X-Forwarded-For", "999.1.1.1, [::g], x"), ("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Host", "a/b@c:99999"), ("Forwarded", "for=\"_\";;proto"),
        ("Origin", "null"), ("Origin", "http://[::1"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "\u00e9"), ("Referer", "%%%"),
        ("Cookie", "session=; =;;"), ("Cookie", "__Host-session=" + new string('A', 4_000)), ("X-HTTP-Method-Override", "DELETE"),
        ("X-Workflow-Trace", "\ud83d\ude80"),
        ("Idempotency-Key", "a\tb"), ("Idempotency-Key", new string('k', 129)), ("User-Agent", new string('u', 15_000)), ("X-Long", new string('x', 31_000)),
        ("Authorization", "Bearer  two  words"), ("Authorization", new string('B', 10_000)), ("Proxy-Authorization", "Basic %%%"),
        ("Upgrade", "h2c"), ("Upgrade", "websocket"),
        ("Content-Type", "application/json; charset=\"utf-8"), ("Content-Type", "application/json;;;boundary"), ("Content-Type", ""),
        ("Content-Encoding", "gzip"), ("TE", "trailers, x"),
    ];

    public static readonly string[] UrlValues =
    [
        "", "%00", "%ff%fe", "%ed%a0%80", "..", "%2e%2e%2f", "*", "a b", "a%20b", "%25", new('z', 129), new('q', 9_000), "1", "0", "-1", "1001",
        "99999999999999999999", "running", "nonsense",
        "region", "region:", ":eu", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z", "2026-13-01", "true", "false", "24h", "0h", "-1h", "9999999d",
        "%F0%9F%9A%80", "%27%20or%201=1", "eyJ4IjoxfQ",
    ];
}
