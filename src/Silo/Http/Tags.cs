namespace ExecutionGrains.Silo.Http;

/// <summary>What the endpoints are grouped by in the OpenAPI document.</summary>
internal static class Tags
{
    public const string Report = "Report";
    public const string Operate = "Operate";
    public const string Keys = "Keys";
    public const string Read = "Read";
    public const string Health = "Health";

    public static readonly (string Name, string Description)[] All =
    [
        (Report, "For workers: create, claim, report."),
        (Operate, "For operators: cancel, resolve, requeue, forget, hold the janitor."),
        (Keys, "API keys, and the secrets that sign: for admins; and what one's own may do."),
        (Read, "For people and dashboards: executions, their pages, figures, the tracker itself."),
        (Health, "For load balancers, without a key."),
    ];
}
