namespace ExecutionGrains.Simulation;

/// <summary>Decides which faults occur, counts them, and knows when the last one occurred.</summary>
internal sealed class Faults(SimulatedTime time, Random random, Setup setup, Trace trace)
{
    private readonly long[] _counts = new long[Enum.GetValues<FaultKind>().Length];

    public IReadOnlyList<long> Counts => _counts;

    /// <summary>Whether no further fault occurs.</summary>
    public bool IsOver { get; set; }

    /// <summary>When a fault last kept the tracker from working. Its deadlines for acting count from then.</summary>
    public TimeSpan LastDisturbance { get; private set; }

    /// <summary>Until then, every store call fails.</summary>
    public TimeSpan AwayUntil { get; private set; }

    public bool IsAway => time.Elapsed < AwayUntil;

    public bool Occurs(FaultKind kind, string where = "")
    {
        var chance = setup.Chances[kind];
        if (IsOver || chance == 0 || random.NextDouble() >= chance)
        {
            return false;
        }

        Count(kind, where);
        return true;
    }

    public void Count(FaultKind kind, string where = "")
    {
        _counts[(int)kind]++;
        trace.Write($"! {kind} {where}");
        if (kind is not (FaultKind.RequestDropped or FaultKind.AnswerDropped or FaultKind.RequestDuplicated
            or FaultKind.RequestDelayed or FaultKind.AnnouncementLost or FaultKind.WorkerDied or FaultKind.WorkerStalled))
        {
            Disturb(time.Elapsed);
        }
    }

    /// <summary>Says that a fault keeps the tracker from working until this time.</summary>
    public void Disturb(TimeSpan until) => LastDisturbance = until > LastDisturbance ? until : LastDisturbance;

    public void GoAway(TimeSpan @for)
    {
        Count(FaultKind.StoreAway, $"for {@for}");
        AwayUntil = time.Elapsed + @for;
        Disturb(AwayUntil);
    }
}
