using System.Text.Json.Serialization;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// What a key may do. <c>viewer</c>: read. <c>executor</c>: also create, claim and report. <c>operator</c>: read, and operate on executions and the janitor.
/// <c>admin</c>: everything.
/// </summary>
/// <remarks><see cref="Access.Allows"/> says what each role covers; they are no ladder.</remarks>
[JsonConverter(typeof(WordConverter<Role>))]
public enum Role
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Reads, creates, claims and reports; cancels and requeues what its key created or claimed.</summary>
    Executor,

    /// <summary>Reads, cancels, resolves, requeues and holds the janitor; neither reports nor manages keys.</summary>
    Operator,

    /// <summary>Everything, keys included.</summary>
    Admin,
}
