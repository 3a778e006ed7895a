namespace ExecutionGrains.Silo.Auth;

/// <summary>What a credential may do, ascending.</summary>
public enum Role
{
    Viewer,
    Executor,
    Admin,
}
