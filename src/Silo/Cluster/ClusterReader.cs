using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Views;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Cluster;

/// <summary>
/// Reads the cluster's state: Orleans's membership, and one report from each active silo. A silo that does not answer is described by membership alone.
/// </summary>
public sealed partial class ClusterReader(
    IClusterMembershipService membership, ILocalSiloDetails local, SiloReporter reporter, SiloReports others, SiloOptions options, ILogger<ClusterReader> log)
{
    /// <summary>Orleans numbers a silo by the seconds between this moment and its start.</summary>
    private static readonly DateTimeOffset GenerationZero = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Longest wait for other silos. They are asked side by side. 5 s.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    public async Task<ClusterAnswer> ReadAsync()
    {
        var members = membership.CurrentSnapshot.Members.Values.OrderByDescending(member => member.SiloAddress.Generation).ToList();
        var answers = await Task.WhenAll(members.Select(ReportAsync)).ConfigureAwait(false);
        var reports = members.Zip(answers).Where(pair => pair.Second is not null).Select(pair => (Silo: Name(pair.First), Report: pair.Second!)).ToList();
        return new(
            [.. members.Zip(answers, View)],
            reports.SelectMany(r => r.Report.Activations).GroupBy(count => count.Key).ToDictionary(type => type.Key, type => type.Sum(count => count.Value)),
            Janitor(reports));
    }

    private async Task<SiloReport?> ReportAsync(ClusterMember member)
    {
        if (member.SiloAddress.Equals(local.SiloAddress))
        {
            return reporter.Report();
        }

        try
        {
            return member.Status == SiloStatus.Active ? await others.AskAsync(member.SiloAddress).WaitAsync(AnswerMax).ConfigureAwait(false) : null;
        }
        catch (Exception failure)
        {
            // Whatever went wrong with one silo, the page shows the others. That a silo is away is seen on the page.
            if (!GrainFaults.IsAway(failure))
            {
                NotReported(Name(member), failure);
            }

            return null;
        }
    }

    private static string Name(ClusterMember member) => member.SiloAddress.ToParsableString();

    private SiloView View(ClusterMember member, SiloReport? report) => new(
        Name(member),
        member.Status.Word(),
        report?.StartedAt ?? GenerationZero.AddSeconds(member.SiloAddress.Generation),
        report?.Version,
        // A single silo listens nowhere; Orleans names it by an address all the same.
        options.StoreProvider == "postgres" ? member.SiloAddress.Endpoint.ToString() : null,
        report is null ? null : new CommitQueueView(report.QueueDepth, report.QueueBatchSize, report.QueueLatencyMs));

    private static JanitorView Janitor(List<(string Silo, SiloReport Report)> reports)
    {
        // A janitor that moved has left a record in the silo that it came from: the later sweep counts.
        var known = reports.SelectMany(r => r.Report.Buckets.Select(bucket => (bucket.Key, r.Silo, Record: bucket.Value)))
            .GroupBy(bucket => bucket.Key)
            .ToDictionary(bucket => bucket.Key, bucket => bucket.MaxBy(b => b.Record.LastSweepAt));
        return new(false, false, known.Values.Max(b => b.Record.LastSweepAt), known.Values.Sum(b => b.Record.Found), reports.Sum(r => r.Report.Lost))
        {
            Buckets = [.. Enumerable.Range(0, IJanitorGrain.BucketCount).Select(bucket =>
                known.TryGetValue(bucket, out var found)
                    ? Bucket(bucket, found.Silo, found.Record)
                    : new JanitorBucketView(bucket, null, null, null, null, false, null, []))],
        };
    }

    private static JanitorBucketView Bucket(int bucket, string silo, JanitorRecord record) => new(
        bucket,
        record.LastSweepAt,
        record.LastSweepMs,
        record.Found,
        record.Acted,
        record.Held,
        silo,
        [.. record.Recent.Select(sweep => new SweepView(sweep.At, sweep.Duration.TotalMilliseconds, sweep.Found, sweep.Acted, sweep.Held))]);
}
