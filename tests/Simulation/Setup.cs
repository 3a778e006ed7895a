namespace ExecutionGrains.Simulation;

/// <summary>Everything that a seed decides before the run begins.</summary>
internal sealed record Setup
{
    public required int SiloCount { get; init; }

    public required int ExecutionCount { get; init; }

    public required int WorkerCount { get; init; }

    /// <summary>Probability of each kind of fault, per occasion.</summary>
    public required IReadOnlyDictionary<FaultKind, double> Chances { get; init; }

    public required TimeSpan JanitorPeriod { get; init; }

    public required double ForgetAtRandom { get; init; }

    /// <summary>Whether only the network can fail, so that no caller may ever see an error.</summary>
    public bool IsStoreCalm => Chances.All(c => c.Value == 0 || c.Key is FaultKind.RequestDropped or FaultKind.AnswerDropped or FaultKind.RequestDuplicated
        or FaultKind.RequestDelayed or FaultKind.AnnouncementLost or FaultKind.GrainForgotten or FaultKind.WorkerDied or FaultKind.WorkerStalled);

    public static Setup Of(Random random)
    {
        var network = random.Next(3) == 0 ? 0 : random.NextDouble() * 0.15;
        var store = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.05;
        var silos = random.Next(2) == 0 ? 0 : 0.5;
        double Sometimes(double chance) => random.Next(2) == 0 ? 0 : chance;
        return new Setup
        {
            SiloCount = random.Next(4) == 0 ? 1 : random.Next(2, 4),
            ExecutionCount = random.Next(3, 8),
            WorkerCount = random.Next(2, 6),
            JanitorPeriod = TimeSpan.FromSeconds(random.Next(2) == 0 ? 20 : 5),
            ForgetAtRandom = Sometimes(0.1),
            Chances = new Dictionary<FaultKind, double>
            {
                [FaultKind.RequestDropped] = network,
                [FaultKind.AnswerDropped] = network,
                [FaultKind.RequestDuplicated] = network,
                [FaultKind.RequestDelayed] = network,
                [FaultKind.AnnouncementLost] = network,
                [FaultKind.StoreFailedBefore] = store,
                [FaultKind.StoreFailedAfter] = store,
                [FaultKind.StoreHung] = store / 8,
                [FaultKind.StoreWroteLate] = store / 4,
                [FaultKind.StoreConflicted] = store,
                [FaultKind.StoreRefused] = store,
                [FaultKind.StoreAway] = Sometimes(0.7),
                [FaultKind.SiloKilled] = silos,
                [FaultKind.GrainForgotten] = Sometimes(0.5),
                [FaultKind.ClockStepped] = Sometimes(store > 0 ? 0.3 : 0),
                [FaultKind.WorkerDied] = Sometimes(0.02),
                [FaultKind.WorkerStalled] = Sometimes(0.02),
            },
        };
    }
}
