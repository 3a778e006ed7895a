namespace ExecutionGrains.Embedded.Tests;

public sealed class TickedGrain([PersistentState("ticks", "Default")] IPersistentState<TickedState> state) : Grain, ITicked, IRemindable
{
    private TickStatus _last;

    public Task Register(TimeSpan dueTime, TimeSpan period) => this.RegisterOrUpdateReminder("sweep", dueTime, period);

    public async Task Unregister() => await this.UnregisterReminder((await this.GetReminder("sweep"))!);

    public async Task<List<string>> Reminders() => [.. (await this.GetReminders()).Select(r => r.ReminderName)];

    public Task<int> Ticks() => Task.FromResult(state.State.Ticks);

    public Task<TickStatus> LastTick() => Task.FromResult(_last);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _last = status;
        state.State.Ticks++;
        return state.WriteStateAsync();
    }
}
