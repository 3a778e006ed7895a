namespace ExecutionGrains.Silo.Http;

/// <summary>The groups of the endpoints in the OpenAPI document.</summary>
internal static class Tags
{
    public const string Report = "Report";
    public const string Operate = "Operate";
    public const string Keys = "Keys";
    public const string Read = "Read";
    public const string Health = "Health";

    public static readonly (string Name, string Description)[] All =
    [
        (Report, "For workers: create and claim executions, report their events."),
        (Operate, "For operators: cancel, resolve, requeue and delete executions, pause the janitor."),
        (Keys, "API keys and the secrets that sign: for admins; and for everybody what their own key may do."),
        (Read, "For people and dashboards: executions and their details, figures, the tracker itself."),
        (Health, "For load balancers, without a key."),
    ];
}
