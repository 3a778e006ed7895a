using Orleans.Runtime;

namespace Orleans;

public interface IRemindable : IGrain
{
    /// <summary>Receives a tick as a call like any other. The same tick may come twice.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
