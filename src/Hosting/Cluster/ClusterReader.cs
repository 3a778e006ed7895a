using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Views;
using Orleans.Runtime;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>
/// Reads the cluster's state: Orleans's membership, and one report from each active silo. For a silo that does not answer, only the membership data is given.
/// </summary>
public sealed partial class ClusterReader(
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    SiloReportSource reporter,
    SiloReportClient others,
    ExecutionGrainsOptions options,
    ILogger<ClusterReader> log)
{
    /// <summary>Epoch of Orleans's silo generation, which is the number of seconds from this moment to the silo's start.</summary>
    private static readonly DateTimeOffset GenerationZero = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Longest wait for the report of another silo. 5 s. All silos are asked concurrently.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    public async Task<ClusterState> ReadAsync()
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
            // A failure of one silo must not hide the others. An unreachable silo is not logged, because the page shows it without a report.
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
        // Orleans also gives a single silo an address, but a single silo does not listen there.
        options.StoreProvider == "postgres" ? member.SiloAddress.Endpoint.ToString() : null,
        report is null ? null : new CommitQueueView(report.QueueDepth, report.QueueBatchSize, report.QueueLatencyMs));

    private static JanitorView Janitor(List<(string Silo, SiloReport Report)> reports)
    {
        // After a janitor moved to another silo, the previous silo still has a record of its bucket. The record with the later sweep is current.
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
