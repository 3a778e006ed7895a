using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

/// <summary>
/// Keeps a timer per reminder row once the silo has started. A tick is a grain call; the next one is scheduled when it has ended,
/// on the grid of the first: ticks that were missed are not made up for.
/// </summary>
internal sealed class ReminderService(EmbeddedSilo silo, IReminderTable table, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Grain, string Name), ReminderTimer> _timers = [];
    private bool _isTicking;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var rows = await table.ReadAllAsync(cancellationToken);
        lock (_gate)
        {
            _isTicking = true;
            foreach (var row in rows)
            {
                Schedule(row);
            }
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _isTicking = false;
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }
    }

    public async Task<IGrainReminder> RegisterAsync(string grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < silo.Options.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed reminder period ({silo.Options.MinimumReminderPeriod})",
                nameof(period));
        }

        var row = new ReminderRow(grain, name, clock.GetUtcNow() + dueTime, period);
        await table.UpsertAsync(row, CancellationToken.None);
        lock (_gate)
        {
            if (_isTicking)
            {
                Schedule(row);
            }
        }

        return new GrainReminder(grain, name);
    }

    public async Task UnregisterAsync(string grain, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        await table.DeleteAsync(grain, reminder.ReminderName, CancellationToken.None);
        lock (_gate)
        {
            if (_timers.Remove((grain, reminder.ReminderName), out var timer))
            {
                timer.Dispose();
            }
        }
    }

    public async Task<List<IGrainReminder>> GetAllAsync(string grain) =>
        [.. (await table.ReadAsync(grain, CancellationToken.None)).Select(row => new GrainReminder(row.Grain, row.Name))];

    public async Task<IGrainReminder?> GetAsync(string grain, string name) =>
        (await GetAllAsync(grain)).Find(reminder => reminder.ReminderName == name);

    /// <summary>Delivers a tick now, whether it is due or not.</summary>
    public Task FireAsync(ReminderRow row) =>
        silo.Reminded(row.Grain).ReceiveReminder(
            row.Name, new TickStatus(row.StartAt.UtcDateTime, row.Period, clock.GetUtcNow().UtcDateTime));

    private void Schedule(ReminderRow row)
    {
        if (_timers.Remove((row.Grain, row.Name), out var replaced))
        {
            replaced.Dispose();
        }

        _timers[(row.Grain, row.Name)] = new ReminderTimer(row, clock, TickAsync);
    }

    private async Task TickAsync(ReminderRow row)
    {
        try
        {
            await FireAsync(row).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // That a call had no answer in time, or came to its end with the silo, is all there is to it.
            silo.Log.LogError(
                exception is TimeoutException or SiloUnavailableException ? null : exception, "Could not deliver reminder {Reminder} to grain {Grain}; it ticks on: {Reason}", row.Name, row.Grain, exception.Message);
        }
    }
}
