namespace ExecutionGrains.Scenarios;

/// <summary>What a scenario's silo keeps its executions in.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}
