using System.Text;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;
using Orleans;
using Orleans.Runtime;

namespace ExecutionGrains.Grains;

/// <summary>The janitor of one bucket: it proposes, the execution decides.</summary>
public sealed class JanitorGrain(
    IExecutionStore store,
    IOperationsStore operations,
    GrainServices services,
    JanitorSettings settings,
    MassLoss massLoss,
    SweepLog sweeps,
    [PersistentState("janitor")] IPersistentState<JanitorRecord> record) : Grain, IJanitorGrain, IRemindable
{
    private const string Reminder = "sweep";

    private int Bucket => int.Parse(this.GetPrimaryKeyString().AsSpan("janitor/".Length), provider: null);

    public async Task Start() => await this.RegisterOrUpdateReminder(Reminder, settings.Period, settings.Period);

    public async Task ReceiveReminder(string reminderName, TickStatus status) => await Sweep();

    public async Task<SweepReport> Sweep()
    {
        await services.Liveness.BeatAsync(CancellationToken.None);
        var now = services.Clock.Now;
        var paused = await Setting(JanitorSettings.PausedSetting) == "1";
        var held = !paused && await Holds(now);
        var (found, acted) = paused || held ? (0, 0) : await SweepPages(now);

        record.State.LastSweepAt = now;
        record.State.Found += found;
        record.State.Acted += acted;
        await record.WriteStateAsync();

        var report = new SweepReport(now, found, acted, paused, held);
        sweeps.Add(Bucket, report);
        services.Metrics.Count(report);
        if (found > 0)
        {
            services.Log.Swept(this.GetPrimaryKeyString(), found, acted);
        }

        return report;
    }

    private async Task<(int Found, int Acted)> SweepPages(DateTimeOffset now)
    {
        var (found, acted) = (0, 0);
        DueExecution? last = null;
        IReadOnlyList<DueExecution> page;
        do
        {
            page = await store.DueAsync(Bucket, now, last, settings.Concurrency, CancellationToken.None);
            var judged = await Task.WhenAll(page.Select(due => GrainFactory.GetGrain<IExecutionGrain>(due.Id.Value).Judge()));
            found += page.Count;
            acted += judged.Count(did => did);
            last = page.LastOrDefault();
        }
        while (page.Count == settings.Concurrency);

        return (found, acted);
    }

    /// <summary>A broken load balancer is not a thousand dead workers: beyond the share it waits for an operator's word.</summary>
    private async Task<bool> Holds(DateTimeOffset now)
    {
        if (settings.MassLossHold <= 0)
        {
            return false;
        }

        var hold = await Setting(JanitorSettings.HoldSetting);
        var next = !await massLoss.Impends(now) ? JanitorSettings.NotHeld
            : hold == JanitorSettings.Released ? JanitorSettings.Released
            : JanitorSettings.Held;
        if (next != hold)
        {
            await operations.WriteSettingAsync(JanitorSettings.HoldSetting, Encoding.UTF8.GetBytes(next), CancellationToken.None);
        }

        return next == JanitorSettings.Held;
    }

    private async Task<string> Setting(string name) =>
        Encoding.UTF8.GetString(await operations.SettingAsync(name, () => "0"u8.ToArray(), CancellationToken.None));
}
