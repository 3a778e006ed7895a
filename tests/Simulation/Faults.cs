namespace ExecutionGrains.Simulation;

/// <summary>Decides what goes wrong, counts it, and knows when it last did.</summary>
internal sealed class Faults(SimulatedTime time, Random random, Setup setup, Trace trace)
{
    private readonly long[] _counts = new long[Enum.GetValues<FaultKind>().Length];

    public IReadOnlyList<long> Counts => _counts;

    /// <summary>From here on nothing goes wrong.</summary>
    public bool IsOver { get; set; }

    /// <summary>When the tracker was last kept from its work: what it owes is owed from here on.</summary>
    public TimeSpan LastDisturbance { get; private set; }

    /// <summary>Until when no store call gets through.</summary>
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
        if (kind is not (FaultKind.RequestDropped or FaultKind.AnswerDropped or FaultKind.RequestDuplicated or FaultKind.RequestDelayed or FaultKind.AnnouncementLost or FaultKind.WorkerDied or FaultKind.WorkerStalled))
        {
            Disturb(time.Elapsed);
        }
    }

    /// <summary>The tracker is kept from its work until then.</summary>
    public void Disturb(TimeSpan until) => LastDisturbance = until > LastDisturbance ? until : LastDisturbance;

    public void GoAway(TimeSpan @for)
    {
        Count(FaultKind.StoreAway, $"for {@for}");
        AwayUntil = time.Elapsed + @for;
        Disturb(AwayUntil);
    }
}
