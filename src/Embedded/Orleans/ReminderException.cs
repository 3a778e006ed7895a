namespace Orleans.Runtime;

public sealed class ReminderException(string message) : OrleansException(message);
