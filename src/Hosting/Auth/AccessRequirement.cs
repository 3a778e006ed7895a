using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authorization;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>The authorization requirement of an endpoint.</summary>
/// <param name="Role">The role that the caller's key must have; <see cref="Allows"/> says which other roles may also call.</param>
/// <param name="RunToken">Whether the run token of the execution in the path is sufficient.</param>
/// <param name="Everywhere">Whether the call affects all namespaces, so that the caller needs access to all of them.</param>
/// <param name="Own">
/// Whether executors may call it for executions that their own key created or claimed. On an operator's call, executors are always limited to those
/// executions; on a report, only with the setting <c>Auth__ExecutorsOwnOnly</c>.
/// </param>
public sealed record AccessRequirement(Role Role, bool RunToken = false, bool Everywhere = false, bool Own = false) : IAuthorizationRequirement
{
    /// <summary>
    /// Whether the role may call the endpoint. With <see cref="Own"/> an executor passes here; the grain then checks the owner of the execution
    /// (<see cref="Caller.OwnOnly"/>).
    /// </summary>
    public bool Allows(Role role) =>
        role == Role.Admin || role == Role || Role == Role.Viewer || (Own && role == Role.Executor);
}
