namespace ExecutionGrains.Silo.Auth;

/// <summary>What an endpoint asks of its caller.</summary>
/// <param name="RunToken">Whether the run token of the execution in the path will do.</param>
public sealed record Access(Role Role, bool RunToken = false);
