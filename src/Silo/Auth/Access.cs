namespace ExecutionGrains.Silo.Auth;

/// <summary>What an endpoint asks of its caller.</summary>
/// <param name="RunToken">Whether the run token of the execution in the path will do.</param>
/// <param name="Everywhere">Whether it concerns every namespace, so that only a key of all will do.</param>
public sealed record Access(Role Role, bool RunToken = false, bool Everywhere = false);
