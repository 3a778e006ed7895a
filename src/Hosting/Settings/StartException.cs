namespace ExecutionGrains.Hosting.Settings;

/// <summary>The silo cannot start, or a command cannot run, as configured. The message is one line that the program prints to the operator.</summary>
public class StartException(string message) : Exception(message);
