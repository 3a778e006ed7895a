using Orleans;

namespace ExecutionGrains.Grains;

/// <summary>The stored record of one bucket's sweeps. It outlives restarts and moves with the janitor.</summary>
[GenerateSerializer, Alias("eg.janitor-record")]
public sealed record JanitorRecord
{
    /// <summary>How many entries <see cref="Recent"/> and <see cref="WriteIds"/> keep. 10.</summary>
    public const int RecentMax = 10;

    [Id(0)] public DateTimeOffset? LastSweepAt { get; set; }

    /// <summary>Executions found due, in all sweeps so far.</summary>
    [Id(1)] public long Found { get; set; }

    /// <summary>Executions that acted on a deadline, in all sweeps so far.</summary>
    [Id(2)] public long Acted { get; set; }

    /// <summary>How long the last sweep took; null before a version that measured it.</summary>
    [Id(3)] public double? LastSweepMs { get; set; }

    /// <summary>Whether the last sweep was held for fear of a mass loss.</summary>
    [Id(4)] public bool Held { get; set; }

    /// <summary>The last sweeps that acted, newest first, at most <see cref="RecentMax"/>. A hold is told by <see cref="Held"/>.</summary>
    [Id(5)] public SweepReport[] Recent { get; set; } = [];

    /// <summary>Random ids of the last writes, newest first, at most <see cref="RecentMax"/>. They tell whether a write without an answer arrived.</summary>
    [Id(6)] public IReadOnlyList<long> WriteIds { get; set; } = [];

    /// <summary>
    /// This record with further sweeps, oldest first. Its lists are arrays: a serializer that stores the names of types (Orleans's default for grain state)
    /// could not read the compiler's own list back, and a janitor that cannot read its record never sweeps again.
    /// </summary>
    public JanitorRecord With(IReadOnlyList<SweepReport> sweeps, long writeId)
    {
        var last = sweeps.MaxBy(sweep => sweep.At);
        var isNewer = last is not null && !(LastSweepAt >= last.At);
        return new()
        {
            LastSweepAt = isNewer ? last!.At : LastSweepAt,
            LastSweepMs = isNewer ? last!.Duration.TotalMilliseconds : LastSweepMs,
            Held = isNewer ? last!.Held : Held,
            Found = Found + sweeps.Sum(sweep => (long)sweep.Found),
            Acted = Acted + sweeps.Sum(sweep => (long)sweep.Acted),
            Recent = sweeps.Where(sweep => sweep.Acted > 0).Reverse().Concat(Recent)
                .OrderByDescending(sweep => sweep.At).Take(RecentMax).ToArray(),
            WriteIds = WriteIds.Prepend(writeId).Take(RecentMax).ToArray(),
        };
    }
}
