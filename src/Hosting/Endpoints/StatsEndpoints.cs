using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Cluster;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Mapping;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Hosting.Store;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Stats;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoints for statistics over all executions and for the state of the tracker.</summary>
public static class StatsEndpoints
{
    private const int OldestShown = 10;
    private const string GrainRuntime = "orleans";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/stats", StatsAsync).WithName("getStats")
            .DescribesOperation(
                ApiTags.Read,
                "Read statistics",
                "Counts the executions that are live now and those that ended in the window, with their durations, and lists those that run the longest.")
            .RequireAccess(Role.Viewer).AcceptsQuery("window", "workflow", "namespace").ReturnsJson<StatsView>()
            .DescribesResponse(200, "The statistics.").Problems(503);
        routes.MapGet("/v1/cluster", ClusterAsync).WithName("getCluster")
            .DescribesOperation(
                ApiTags.Read,
                "Read the state of the tracker",
                "Silos, executions in memory, commit queue, janitor and store. Only an admin key with all namespaces sees the addresses of the silos.")
            .RequireAccess(Role.Viewer).ReturnsJson<ClusterView>().DescribesResponse(200, "The state of the tracker.").Problems(503);
    }

    private static async Task<IResult> StatsAsync(
        HttpContext http,
        IExecutionReads reads,
        [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
    {
        var query = http.Request.Query;
        var (text, length) = Query.Window(query);
        var visible = Credential.Of(http).Key.Namespaces;
        var asked = Asked(Query.Filter(query, visible).Namespace, visible);
        var workflow = Query.One(query, "workflow");
        var now = time.GetUtcNow();
        // The end of the window is rounded up to a whole minute. At the start of a minute, one more microsecond includes what ended just now.
        var figures = await reads.FiguresAsync(now - length, now.AddMicroseconds(1), workflow, asked, http.RequestAborted).ConfigureAwait(false);
        var running = await reads.OldestRunningAsync(workflow, asked, OldestShown, http.RequestAborted).ConfigureAwait(false);
        return JsonResponse.Json(View(text, figures, running), ApiJson.Default.StatsView);
    }

    private static async Task<IResult> ClusterAsync(
        HttpContext http,
        IOperationsStore store,
        ClusterReader cluster,
        CommitQueues queue,
        StoreSizeSampler growth,
        ExecutionGrainsOptions options,
        SiloLiveness liveness,
        TrackerClock clock, SiloAddresses addresses)
    {
        var description = await growth.DescribeAsync(http.RequestAborted).ConfigureAwait(false);
        var paused = await store.SettingAsync(JanitorSettings.PausedSetting, () => "0"u8.ToArray(), http.RequestAborted).ConfigureAwait(false);
        // The hold is read from the store, because the last sweep may have run on another silo.
        var hold = await store.SettingAsync(
            JanitorSettings.HoldSetting, () => Encoding.ASCII.GetBytes(JanitorSettings.NotHeld), http.RequestAborted).ConfigureAwait(false);
        var isPaused = paused is [(byte)'1'];
        var held = !isPaused && options.JanitorMassLossHold > 0 && Encoding.ASCII.GetString(hold) == JanitorSettings.Held;
        var (silos, activations, janitor) = await cluster.ReadAsync().ConfigureAwait(false);
        var view = new ClusterView(
            GrainRuntime,
            silos,
            activations.Values.Sum(),
            activations,
            new CommitQueueView(queue.Depth, queue.LastBatchSize, queue.LastCommitDuration.TotalMilliseconds),
            Judging(janitor, liveness, clock.Now) with { Paused = isPaused, Held = held },
            new StoreView(
                description.Kind, description.EngineVersion, description.SchemaVersion, description.SizeBytes, growth.PerHour(description.SizeBytes)));
        // The addresses concern the operators of the cluster. A key for some namespaces, or another role, does not need them.
        var key = Credential.Of(http).Key;
        return JsonResponse.Json(key is { Role: Role.Admin, Namespaces: null } ? view : addresses.Hide(view), ApiJson.Default.ClusterView);
    }

    private static JanitorView Judging(JanitorView janitor, SiloLiveness liveness, DateTimeOffset now) => janitor with
    {
        JudgedUntil = liveness.MayJudge(now) ? liveness.KnownAt(now).Until : null,
        LastOutage = liveness.Outages is [.., var last] ? new(last.From, last.To) : null,
    };

    /// <summary>The requested namespaces that the caller may see; null: all namespaces.</summary>
    private static IReadOnlyList<string>? Asked(IReadOnlyList<string> asked, string[]? visible) =>
        asked.Count == 0 ? visible : visible is null ? asked : [.. asked.Intersect(visible, StringComparer.Ordinal)];

    private static StatsView View(string window, Figures figures, IReadOnlyList<ListedExecution> running) => new(
        window,
        figures.Since,
        All(figures.ByStatus),
        All(figures.ByCause),
        All(figures.ByResolution),
        figures.LateAfterLost,
        new DurationsView(figures.P50?.TotalMilliseconds, figures.P95?.TotalMilliseconds, figures.P99?.TotalMilliseconds),
        [.. running.Select(ViewMapping.Summary)],
        [.. figures.Series.Select(p => new StatsPointView(p.At, Words(p.ByStatus)))])
    {
        Overflow = Words(figures.Overflow),
    };

    private static Dictionary<string, long> Words(IReadOnlyDictionary<ExecutionStatus, long> counts) => counts.ToDictionary(s => s.Key.Word(), s => s.Value);

    /// <summary>The count of every value of the enum, 0 if there is none, so that the response always has the same properties.</summary>
    private static Dictionary<string, long> All<T>(IReadOnlyDictionary<T, long> counts) where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(v => v.Word(), v => counts.GetValueOrDefault(v));
}
