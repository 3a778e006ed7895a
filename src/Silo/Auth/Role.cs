using System.Text.Json.Serialization;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// What a key may do, ascending. <c>viewer</c>: read. <c>executor</c>: also create, claim and report. <c>admin</c>: everything.
/// </summary>
[JsonConverter(typeof(WordConverter<Role>))]
public enum Role
{
    Viewer,
    Executor,
    Admin,
}
