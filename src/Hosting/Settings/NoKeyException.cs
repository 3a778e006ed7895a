namespace ExecutionGrains.Hosting.Settings;

/// <summary>The store has no usable API key, and the options require one.</summary>
public sealed class NoKeyException()
    : StartException("there is no usable key: set ExecutionGrains__Auth__BootstrapKey (32 to 256 printable ASCII characters)");
