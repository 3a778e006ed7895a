using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Views;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>The cluster as the management grain sees it. Where that cannot be asked, or a silo is about to be known as dead, what the answering silo knows alone.</summary>
public sealed class ClusterMembers(IGrainFactory grains, ClusterFigures figures)
{
    private const string Ours = "ExecutionGrains.";

    /// <summary>Longest time that a page waits for other silos. 5 s.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    private IManagementGrain Management => grains.GetGrain<IManagementGrain>(0);

    public async Task<ClusterAnswer> AskAsync()
    {
        // Side by side: a silo that does not answer holds all of them up.
        var hosts = AnsweredAsync(Management.GetDetailedHosts(onlyActive: false));
        var reports = AnsweredAsync(Management.SendControlCommandToProvider<SiloReporter>(SiloReporter.Name, 0));
        var statistics = AnsweredAsync(Management.GetSimpleGrainStatistics());
        var (members, activations) = (await hosts.ConfigureAwait(false), await statistics.ConfigureAwait(false));
        var told = (await reports.ConfigureAwait(false) ?? []).OfType<SiloReport>().ToDictionary(report => report.Address);
        return new(
            members is null ? [figures.Self] : [.. members.OrderByDescending(m => m.StartTime).Select(m => View(m, told.GetValueOrDefault(m.SiloAddress.ToParsableString())))],
            activations is null ? null : Counts(activations),
            told.Count == 0 ? figures.Janitor() : Janitor([.. told.Values]));
    }

    private static async Task<T?> AnsweredAsync<T>(Task<T> question) where T : class
    {
        try
        {
            return await question.WaitAsync(AnswerMax).ConfigureAwait(false);
        }
        catch (Exception failure) when (GrainFaults.IsAway(failure))
        {
            return null;
        }
    }

    private static SiloView View(MembershipEntry member, SiloReport? report) => new(
        report?.SiloId ?? member.SiloAddress.ToParsableString(),
        member.Status.Word(),
        report?.StartedAt ?? new DateTimeOffset(DateTime.SpecifyKind(member.StartTime, DateTimeKind.Utc)),
        report?.Version,
        member.SiloAddress.Endpoint.ToString(),
        report is null ? null : new CommitQueueView(report.QueueDepth, report.QueueBatchSize, report.QueueLatencyMs));

    private static JanitorView Janitor(SiloReport[] reports) =>
        new(false, false, reports.Max(report => report.LastSweep), reports.Sum(report => report.Found), reports.Sum(report => report.Lost));

    private static Dictionary<string, long> Counts(SimpleGrainStatistic[] statistics) => statistics
        .Where(type => type.GrainType.StartsWith(Ours, StringComparison.Ordinal))
        .GroupBy(type => type.GrainType.Split(',')[0].Split('.')[^1])
        .ToDictionary(type => type.Key, type => type.Sum(silo => (long)silo.ActivationCount));
}
