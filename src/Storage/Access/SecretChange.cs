namespace ExecutionGrains.Storage.Access;

/// <summary>The replacement of a wrapped secret.</summary>
/// <param name="Expected">The value that must be stored now.</param>
public sealed record SecretChange(string Name, byte[] Expected, byte[] Value);
