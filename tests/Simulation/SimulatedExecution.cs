namespace ExecutionGrains.Simulation;

/// <summary>An execution that no silo has heard of yet, with what its workers will report.</summary>
internal sealed class SimulatedExecution(string id, Random random)
{
    private static readonly int?[] Leases = [5, 10, 30, null, null, 0];

    public string Id => id;

    public ExecutionFacts Facts { get; init; } = new()
    {
        Workflow = $"flow{random.Next(2)}",
        HeartbeatTimeoutSeconds = Leases[random.Next(Leases.Length)],
        TimeoutSeconds = random.Next(4) == 0 ? random.Next(20, 120) : null,
        Idempotent = random.Next(4) == 0 ? true : null,
        MaxAttempts = random.Next(3) == 0 ? 3 : null,
    };

    /// <summary>How long its workers may be silent.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(Facts.HeartbeatTimeoutSeconds is > 0 and { } s ? s : 60);
}
