namespace ExecutionGrains.Silo.Hosting;

/// <summary>The silo cannot start as it is configured. The message is one clear line.</summary>
public sealed class StartException(string message) : Exception(message);
