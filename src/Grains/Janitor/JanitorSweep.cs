using System.Text;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Sweeps one bucket of executions: asks every due execution to act on its deadlines, page by page. The due list is only a hint; the execution decides.
/// </summary>
/// <param name="bucket">0 to <see cref="IJanitorGrain.BucketCount"/> − 1.</param>
/// <param name="judge">Asks an execution to act on its deadlines. True if it did.</param>
public sealed class JanitorSweep(
    int bucket,
    IExecutionStore store,
    IOperationsStore operations,
    GrainServices services,
    JanitorSettings settings,
    MassLoss massLoss,
    Func<ExecutionId, Task<bool>> judge)
{
    /// <exception cref="StoreException">The store is unavailable. The caller retries at the next tick.</exception>
    public async Task<SweepReport> RunAsync()
    {
        var started = services.Clock.Time.GetTimestamp();
        await services.Liveness.BeatAsync(CancellationToken.None);
        var now = services.Clock.Now;
        var paused = await SettingAsync(JanitorSettings.PausedSetting) == "1";
        var held = !paused && await HoldsAsync(now);
        var (found, acted) = paused || held ? (0, 0) : await SweepPagesAsync(now);
        var report = new SweepReport(now, found, acted, paused, held, services.Clock.Time.GetElapsedTime(started));
        services.Metrics.Count(report);
        if (found > 0)
        {
            services.Log.Swept(IJanitorGrain.Key(bucket), found, acted);
        }

        return report;
    }

    private async Task<(int Found, int Acted)> SweepPagesAsync(DateTimeOffset now)
    {
        var (found, acted) = (0, 0);
        DueExecution? last = null;
        IReadOnlyList<DueExecution> page;
        do
        {
            page = await store.DueAsync(bucket, now, last, settings.Concurrency, CancellationToken.None);
            var judged = await Task.WhenAll(page.Select(due => JudgeAsync(due.Id)));
            found += page.Count;
            acted += judged.Count(did => did);
            last = page.LastOrDefault();
        }
        while (page.Count == settings.Concurrency);

        return (found, acted);
    }

    /// <summary>An execution that cannot be reached, for example because its silo just died, is left to the next sweep. It does not delay the others.</summary>
    private async Task<bool> JudgeAsync(ExecutionId id)
    {
        try
        {
            return await judge(id);
        }
        catch (Exception away) when (GrainFaults.IsAway(away))
        {
            services.Log.NotJudged(id, away);
            return false;
        }
    }

    /// <summary>
    /// Holds the sweep if it would lose more than the allowed share. Silence of so many workers at once suggests a broken network or load balancer, so an
    /// operator must release it.
    /// </summary>
    private async Task<bool> HoldsAsync(DateTimeOffset now)
    {
        if (settings.MassLossHold <= 0)
        {
            return false;
        }

        var hold = await SettingAsync(JanitorSettings.HoldSetting);
        var next = !await massLoss.Impends(now) ? JanitorSettings.NotHeld
            : hold == JanitorSettings.Released ? JanitorSettings.Released
            : JanitorSettings.Held;
        if (next != hold)
        {
            await operations.WriteSettingAsync(JanitorSettings.HoldSetting, Encoding.UTF8.GetBytes(next), CancellationToken.None);
        }

        return next == JanitorSettings.Held;
    }

    private async Task<string> SettingAsync(string name) =>
        Encoding.UTF8.GetString(await operations.SettingAsync(name, () => "0"u8.ToArray(), CancellationToken.None));
}
