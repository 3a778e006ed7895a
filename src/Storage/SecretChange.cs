namespace ExecutionGrains.Storage;

/// <summary>A wrapped secret that takes the place of another.</summary>
/// <param name="Expected">What must be stored now.</param>
public sealed record SecretChange(string Name, byte[] Expected, byte[] Value);
