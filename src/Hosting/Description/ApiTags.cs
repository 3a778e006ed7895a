namespace ExecutionGrains.Hosting.Description;

/// <summary>The tags that group the endpoints in the OpenAPI document.</summary>
internal static class ApiTags
{
    public const string Report = "Report";
    public const string Operate = "Operate";
    public const string Keys = "Keys";
    public const string Read = "Read";
    public const string Health = "Health";

    public static readonly (string Name, string Description)[] All =
    [
        (Report, "For workers: create and claim executions, and report their events."),
        (Operate, "For operators: cancel, resolve, requeue and delete executions, and pause the janitor."),
        (Keys, "For admins: API keys and signing secrets. For all callers: their own key."),
        (Read, "For dashboards and scripts: executions and their details, statistics, and the state of the tracker."),
        (Health, "For load balancers: liveness and readiness probes, without a credential."),
    ];
}
