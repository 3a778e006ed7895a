using Orleans;

namespace ExecutionGrains.Grains;

/// <summary>The stored record of one bucket's sweeps. It survives restarts and moves with the grain to another silo.</summary>
[GenerateSerializer, Alias("eg.janitor-record")]
public sealed record JanitorRecord
{
    /// <summary>Maximum number of entries in <see cref="Recent"/> and <see cref="WriteIds"/>: 10.</summary>
    public const int RecentMax = 10;

    [Id(0)] public DateTimeOffset? LastSweepAt { get; set; }

    /// <summary>Executions found due, summed over all sweeps.</summary>
    [Id(1)] public long Found { get; set; }

    /// <summary>Executions that acted on a deadline, summed over all sweeps.</summary>
    [Id(2)] public long Acted { get; set; }

    /// <summary>Duration of the last sweep in milliseconds; null in a record of an older version that did not measure it.</summary>
    [Id(3)] public double? LastSweepMs { get; set; }

    /// <summary>Whether the last sweep was held because it would have lost too many executions; see <see cref="MassLoss"/>.</summary>
    [Id(4)] public bool Held { get; set; }

    /// <summary>
    /// The last sweeps in which an execution acted on a deadline, newest first, at most <see cref="RecentMax"/>. Held sweeps are not listed; see
    /// <see cref="Held"/>.
    /// </summary>
    [Id(5)] public SweepReport[] Recent { get; set; } = [];

    /// <summary>
    /// Random ids of the last writes, newest first, at most <see cref="RecentMax"/>. They tell whether a write with an unknown outcome was stored.
    /// </summary>
    [Id(6)] public IReadOnlyList<long> WriteIds { get; set; } = [];

    /// <summary>
    /// Returns this record with further sweeps, given oldest first. The lists are arrays because Orleans's default serializer for grain state stores type
    /// names. It could not read the compiler-generated list type of a collection expression, and a janitor that cannot read its record never sweeps again.
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
