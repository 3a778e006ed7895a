using System.Text.Json.Serialization;

namespace ExecutionGrains.Silo.Auth;

/// <summary>What a credential may do, ascending.</summary>
[JsonConverter(typeof(WordConverter<Role>))]
public enum Role
{
    Viewer,
    Executor,
    Admin,
}
