using System.Text;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

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
    private const int RecordAttemptsMax = 3;

    /// <summary>Found and acted on by sweeps that are not in the record yet.</summary>
    private long _found;
    private long _acted;

    private int Bucket => int.Parse(this.GetPrimaryKeyString().AsSpan("janitor/".Length), provider: null);

    /// <summary>Ticks are at multiples of the period: every silo registers when it starts, and one that starts again and again must not put off the sweeps of all.</summary>
    public async Task Start()
    {
        var toNext = TimeSpan.FromTicks(settings.Period.Ticks - (services.Clock.Now.UtcTicks % settings.Period.Ticks));
        await this.RegisterOrUpdateReminder(Reminder, toNext, settings.Period);
    }

    /// <summary>While the store is away every tick of every bucket would be an error of the runtime with its trace.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        try
        {
            await Sweep();
        }
        catch (Exception away) when (away is StoreException || GrainFaults.IsAway(away))
        {
            services.Log.NotSwept(this.GetPrimaryKeyString(), away is StoreException ? away.Message : away.GetBaseException().Message);
        }
    }

    public async Task<SweepReport> Sweep()
    {
        await services.Liveness.BeatAsync(CancellationToken.None);
        var now = services.Clock.Now;
        var paused = await Setting(JanitorSettings.PausedSetting) == "1";
        var held = !paused && await Holds(now);
        var (found, acted) = paused || held ? (0, 0) : await SweepPages(now);

        await Record(now, found, acted);
        var report = new SweepReport(now, found, acted, paused, held);
        sweeps.Add(Bucket, report);
        services.Metrics.Count(report);
        if (found > 0)
        {
            services.Log.Swept(this.GetPrimaryKeyString(), found, acted);
        }

        return report;
    }

    /// <summary>Where another silo's janitor of this bucket wrote first, once more on top of it; what does not get in goes with the next sweep's.</summary>
    private async Task Record(DateTimeOffset now, int found, int acted)
    {
        (_found, _acted) = (_found + found, _acted + acted);
        for (var attempt = 0; attempt < RecordAttemptsMax; attempt++)
        {
            record.State.LastSweepAt = record.State.LastSweepAt > now ? record.State.LastSweepAt : now;
            record.State.Found += _found;
            record.State.Acted += _acted;
            try
            {
                await record.WriteStateAsync();
                (_found, _acted) = (0, 0);
                return;
            }
            catch (InconsistentStateException)
            {
                await record.ReadStateAsync();
            }
        }
    }

    private async Task<(int Found, int Acted)> SweepPages(DateTimeOffset now)
    {
        var (found, acted) = (0, 0);
        DueExecution? last = null;
        IReadOnlyList<DueExecution> page;
        do
        {
            page = await store.DueAsync(Bucket, now, last, settings.Concurrency, CancellationToken.None);
            var judged = await Task.WhenAll(page.Select(due => Judged(due.Id)));
            found += page.Count;
            acted += judged.Count(did => did);
            last = page.LastOrDefault();
        }
        while (page.Count == settings.Concurrency);

        return (found, acted);
    }

    /// <summary>One that cannot be reached, where its silo has just died, waits for the next sweep; those behind it do not.</summary>
    private async Task<bool> Judged(ExecutionId id)
    {
        try
        {
            return await GrainFactory.GetGrain<IExecutionGrain>(id.Value).Judge();
        }
        catch (Exception away) when (GrainFaults.IsAway(away))
        {
            services.Log.NotJudged(id, away);
            return false;
        }
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
