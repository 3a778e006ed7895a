using System.Text.Json.Serialization;

namespace ExecutionGrains.Hosting.Settings;

/// <summary>
/// What a key may do. <c>viewer</c>: read. <c>executor</c>: read, create, claim and report; also cancel and requeue executions that the key created or
/// claimed. <c>operator</c>: read; cancel, resolve and requeue executions; pause the janitor. <c>admin</c>: everything.
/// </summary>
/// <remarks>The roles are not ordered: an operator may not do what an executor may. <c>AccessRequirement.Allows</c> decides.</remarks>
[JsonConverter(typeof(WordConverter<Role>))]
public enum Role
{
    /// <summary>May read.</summary>
    Viewer,

    /// <summary>May read, create, claim and report; may cancel and requeue executions that its key created or claimed.</summary>
    Executor,

    /// <summary>May read, cancel, resolve, requeue and pause the janitor; may neither report nor manage keys.</summary>
    Operator,

    /// <summary>May do everything, including the management of keys.</summary>
    Admin,
}
