using Microsoft.AspNetCore.Authorization;

namespace ExecutionGrains.Silo.Auth;

/// <summary>What an endpoint requires of its caller; the requirement of its authorization policy.</summary>
/// <param name="RunToken">Whether the run token of the execution in the path is enough.</param>
/// <param name="Everywhere">Whether it concerns every namespace, so that the caller must have all of them.</param>
/// <param name="Own">Whether executors may do it to what their own key created or claimed: always for an operator's call, by setting for a report.</param>
public sealed record Access(Role Role, bool RunToken = false, bool Everywhere = false, bool Own = false) : IAuthorizationRequirement
{
    /// <summary>Whether the role may call at all. What an executor may call for its own, the execution decides (<see cref="Caller.OwnOnly"/>).</summary>
    public bool Allows(Role role) =>
        role == Role.Admin || role == Role || Role == Role.Viewer || (Own && role == Role.Executor);
}
