using Orleans;
using Orleans.Runtime;

namespace ExecutionGrains.OrleansTables.Tests;

public sealed class NoteGrain([PersistentState("janitor")] IPersistentState<Noted> state) : Grain, INoteGrain, IRemindable
{
    private static TaskCompletionSource<string> _tick = new();

    public static Task<string> NextTick() => (_tick = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async Task<int> Add()
    {
        state.State.Count++;
        await state.WriteStateAsync();
        return state.State.Count;
    }

    public Task Clear() => state.ClearStateAsync();

    public Task Remind() => this.RegisterOrUpdateReminder("sweep", TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));

    public async Task Forget() => await this.UnregisterReminder((await this.GetReminder("sweep"))!);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _tick.TrySetResult($"{this.GetPrimaryKeyString()} {reminderName}");
        return Task.CompletedTask;
    }
}
