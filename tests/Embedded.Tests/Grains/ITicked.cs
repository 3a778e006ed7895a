namespace ExecutionGrains.Embedded.Tests;

public interface ITicked : IGrainWithStringKey
{
    Task Register(TimeSpan dueTime, TimeSpan period);

    Task Unregister();

    Task<List<string>> Reminders();

    Task<int> Ticks();

    Task<TickStatus> LastTick();
}
