namespace ExecutionGrains.Scenarios;

/// <summary>The store in which a scenario's silo keeps its executions.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}
