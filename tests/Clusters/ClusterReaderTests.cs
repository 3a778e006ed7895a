using System.Diagnostics;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Testing;
using ExecutionGrains.Views;
using Orleans.TestingHost;

namespace ExecutionGrains.Clusters;

/// <summary>What <c>/v1/cluster</c> shows of silos that answer, do not answer, or are dead.</summary>
public sealed class ClusterReaderTests
{
    [Fact]
    public async Task Silos_that_do_not_report_are_shown_from_membership_and_the_others_in_full()
    {
        await using var cluster = await TrackerCluster.OpenAsync(3);
        var (asked, failing, hanging) = (cluster.Silos[0], cluster.Silos[1], cluster.Silos[2]);
        var before = await TrackerCluster.ReadAsync(asked);
        Assert.Equal(3, before.Silos.Count);
        Assert.All(before.Silos, silo => Assert.Equal(("active", true, true), (silo.Status, silo.Version is not null, silo.CommitQueue is not null)));
        var never = new TaskCompletionSource();
        TrackerSilo.BeforeReport[Name(failing)] = () => throw new NotSupportedException("A fault in the report.");
        TrackerSilo.BeforeReport[Name(hanging)] = () => never.Task;

        var since = Stopwatch.StartNew();
        var answer = await TrackerCluster.ReadAsync(asked);
        var took = since.Elapsed;
        never.SetResult();

        Assert.InRange(took, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20));
        Assert.Equal(
            before.Silos.Select(silo => (silo.SiloId, silo.Status, silo.Address)), answer.Silos.Select(silo => (silo.SiloId, silo.Status, silo.Address)));
        Assert.NotNull(Of(answer.Silos, asked).Version);
        foreach (var silent in new[] { failing, hanging })
        {
            var (known, full) = (Of(answer.Silos, silent), Of(before.Silos, silent));
            Assert.Equal((null, null), (known.Version, known.CommitQueue));
            // Orleans's start time is the very start of the silo; the silo itself reports a later moment of the start.
            Assert.InRange(known.StartedAt, full.StartedAt - TimeSpan.FromMinutes(5), full.StartedAt + TimeSpan.FromSeconds(30));
            TrackerSilo.BeforeReport.TryRemove(Name(silent), out _);
        }
    }

    [Fact]
    public async Task The_grains_of_all_silos_are_counted_while_they_are_in_memory()
    {
        const int Count = 50;
        await using var cluster = await TrackerCluster.OpenAsync(2);
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), async (i, _) => await cluster.CreateAsync($"x{i}"));

        Assert.All(await Task.WhenAll(cluster.Silos.Select(TrackerCluster.ReadAsync)), answer => Assert.Equal(Count, answer.Activations["ExecutionGrain"]));

        await cluster.CollectAsync();
        await ClusterTests.UntilAsync(async () => (await TrackerCluster.ReadAsync(cluster.Silos[0])).Activations["ExecutionGrain"] == 0);
    }

    [Fact]
    public async Task The_record_of_a_bucket_survives_the_silo_that_swept_it()
    {
        const int Count = 64;
        var clock = new ManualTimeProvider();
        await using var cluster = await TrackerCluster.OpenAsync(2, clock: clock);
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), async (i, _) => await cluster.CreateAsync($"x{i}"));
        // A lease of 60 s, the half lease that is added if several silos share a store, and the grace.
        await cluster.PassAsync(clock, TimeSpan.FromSeconds(104));
        await cluster.SweepAsync();
        var before = (await TrackerCluster.ReadAsync(cluster.Silos[0])).Janitor;
        Assert.Equal(Enumerable.Range(0, IJanitorGrain.BucketCount), before.Buckets.Select(bucket => bucket.Bucket));
        Assert.Equal((Count, (long)Count), (before.Found, before.Buckets.Sum(bucket => bucket.Acted)));
        Assert.Equal(before, (await TrackerCluster.ReadAsync(cluster.Silos[1])).Janitor with { Buckets = before.Buckets });

        var victim = cluster.Silos.First(silo => Name(silo) == before.Buckets.First(bucket => bucket.Acted > 0).Silo);
        await cluster.KillAsync(victim);
        await ClusterTests.UntilAsync(async () => await ClusterTests.IsServedAsync(cluster.SweepAsync));

        var survivor = Assert.Single(cluster.Silos);
        var answer = await TrackerCluster.ReadAsync(survivor);
        Assert.Equal(before.Buckets.Select(Lasting), answer.Janitor.Buckets.Select(Lasting));
        Assert.All(answer.Janitor.Buckets, bucket => Assert.Equal(Name(survivor), bucket.Silo));
        Assert.Equal(before.Found, answer.Janitor.Found);
        Assert.Equal("dead", Of(answer.Silos, victim).Status);
    }

    /// <summary>The fields that further sweeps do not change if they find nothing.</summary>
    private static (long? Found, long? Acted, string Recent) Lasting(JanitorBucketView bucket) =>
        (bucket.Found, bucket.Acted, string.Join("; ", bucket.Recent));

    private static string Name(SiloHandle silo) => silo.SiloAddress.ToParsableString();

    private static SiloView Of(IEnumerable<SiloView> silos, SiloHandle silo) => silos.Single(view => view.SiloId == Name(silo));
}
