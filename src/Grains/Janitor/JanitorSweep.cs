using System.Text;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>Sweeps one bucket of executions: proposes every due one for judgement, in pages, until nothing is due. The execution decides.</summary>
/// <param name="bucket">0 to <see cref="IJanitorGrain.BucketCount"/> − 1.</param>
/// <param name="judge">Asks an execution to act on its deadlines; true when it did.</param>
public sealed class JanitorSweep(
    int bucket,
    IExecutionStore store,
    IOperationsStore operations,
    GrainServices services,
    JanitorSettings settings,
    MassLoss massLoss,
    Func<ExecutionId, Task<bool>> judge)
{
    /// <exception cref="StoreException">The store is away; the next tick tries again.</exception>
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

    /// <summary>An execution that cannot be reached, because its silo just died, waits for the next sweep and holds up no other.</summary>
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

    /// <summary>A broken load balancer is not a thousand dead workers: beyond the share it waits for an operator's word.</summary>
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
