using System.Text.Json;

namespace ExecutionGrains.Grains.Tests.Janitor;

public sealed class JanitorRecordTests
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_last_ten_sweeps_that_acted_are_kept_newest_first()
    {
        var record = new JanitorRecord();
        for (var i = 0; i < 30; i++)
        {
            record = record.With([Sweep(i, acted: i % 2, held: i == 28)], i + 1);
        }

        Assert.Equal([29, 27, 25, 23, 21, 19, 17, 15, 13, 11], record.Recent.Select(sweep => sweep.Found));
        Assert.Equal(Enumerable.Range(0, 30).Sum(), record.Found);
        Assert.Equal((15, T0.AddMinutes(29), false), (record.Acted, record.LastSweepAt, record.Held));
        Assert.Equal([30, 29, 28, 27, 26, 25, 24, 23, 22, 21], record.WriteIds);
    }

    [Fact]
    public void More_than_ten_sweeps_at_once_keep_the_newest()
    {
        var record = new JanitorRecord().With([.. Enumerable.Range(0, 25).Select(i => Sweep(i, acted: 1))], 1);
        Assert.Equal(Enumerable.Range(15, 10).Reverse(), record.Recent.Select(sweep => sweep.Found));
    }

    [Fact]
    public void A_sweep_that_is_recorded_late_adds_to_the_sums_and_is_not_the_last()
    {
        var record = new JanitorRecord().With([Sweep(5, acted: 1, held: true)], 1).With([Sweep(3, acted: 1)], 2);
        Assert.Equal((T0.AddMinutes(5), 5, true), (record.LastSweepAt, record.LastSweepMs, record.Held));
        Assert.Equal([5, 3], record.Recent.Select(sweep => sweep.Found));
    }

    /// <summary>Grain states that earlier versions wrote. A janitor that could not read its record would not activate, and never sweep again.</summary>
    [Theory]
    [InlineData("""{"LastSweepAt":"2025-01-02T03:04:05.678901+00:00","Found":7,"Acted":5}""", 7, 5)]
    [InlineData("""{"LastSweepAt":null,"Found":7,"Acted":5,"AddedByALaterVersion":{"Held":true}}""", 7, 5)]
    [InlineData("""{"$type":"ExecutionGrains.Grains.JanitorRecord, ExecutionGrains.Grains","Found":3}""", 3, 0)]
    [InlineData("""{"Found":3,"Recent":[{"At":"2025-01-02T03:04:05+00:00","Found":3,"Acted":1,"Paused":false,"Held":false}],"WriteId":5}""", 3, 0)]
    [InlineData("{}", 0, 0)]
    public void A_record_of_any_version_is_read_and_continued(string stored, long found, long acted)
    {
        var record = JsonSerializer.Deserialize<JanitorRecord>(stored)!.With([Sweep(1, acted: 1)], 9);
        Assert.Equal((found + 1, acted + 1), (record.Found, record.Acted));
        Assert.Equal((T0.AddMinutes(1), 9), (record.LastSweepAt, Assert.Single(record.WriteIds)));
        Assert.Equal(1, record.Recent[0].Found);
    }

    [Fact]
    public void A_record_round_trips()
    {
        var written = new JanitorRecord().With([Sweep(1, acted: 1), Sweep(2, held: true)], 7).With([Sweep(3, acted: 2)], 8);
        Assert.Equivalent(written, JsonSerializer.Deserialize<JanitorRecord>(JsonSerializer.SerializeToUtf8Bytes(written)), strict: true);
    }

    /// <summary>A serializer that stores type names, Orleans's default for grain state, cannot read the compiler's own list types.</summary>
    [Fact]
    public void The_lists_of_a_record_have_nameable_types()
    {
        var record = new JanitorRecord().With([Sweep(1, acted: 1)], 7);
        Assert.IsType<SweepReport[]>(record.Recent);
        Assert.IsType<long[]>(record.WriteIds);
    }

    private static SweepReport Sweep(int minute, int acted = 0, bool held = false) =>
        new(T0.AddMinutes(minute), minute, acted, Paused: false, held, TimeSpan.FromMilliseconds(minute));
}
