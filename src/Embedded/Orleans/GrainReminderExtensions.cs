using ExecutionGrains.Embedded;
using Orleans.Runtime;

namespace Orleans;

public static class GrainReminderExtensions
{
    /// <summary>Registers a durable reminder or replaces the one of that name.</summary>
    /// <param name="grain">Implements IRemindable.</param>
    /// <param name="reminderName">Unique within the grain.</param>
    /// <param name="dueTime">From now to the first tick; not negative.</param>
    /// <param name="period">Between ticks; at least EmbeddedGrainOptions.MinimumReminderPeriod.</param>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(grain);
        if (grain is not IRemindable)
        {
            throw new InvalidOperationException($"Grain {grain.Activation.Id} is not '{nameof(IRemindable)}'.");
        }

        return Reminders(grain).RegisterAsync(grain.Activation.Id, Named(reminderName), dueTime, period);
    }

    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) =>
        Reminders(grain).UnregisterAsync(grain.Activation.Id, reminder);

    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) =>
        Reminders(grain).GetAsync(grain.Activation.Id, Named(reminderName));

    public static Task<List<IGrainReminder>> GetReminders(this Grain grain) =>
        Reminders(grain).GetAllAsync(grain.Activation.Id);

    private static ReminderService Reminders(Grain grain)
    {
        ArgumentNullException.ThrowIfNull(grain);
        return grain.Activation.Silo.Reminders;
    }

    private static string Named(string reminderName) =>
        string.IsNullOrWhiteSpace(reminderName) ? throw new ArgumentNullException(nameof(reminderName)) : reminderName;
}
