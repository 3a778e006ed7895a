namespace ExecutionGrains.Embedded;

internal enum SiloStatus
{
    Running,

    /// <summary>Only grains may call grains.</summary>
    Draining,
    Stopped,
}
