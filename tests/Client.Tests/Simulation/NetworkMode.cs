namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>How the way to the tracker is for a while.</summary>
internal enum NetworkMode
{
    /// <summary>Creates and heartbeats pass; a report of events may hang now and then.</summary>
    Fine,

    /// <summary>Anything may happen to any request, before the tracker or after it.</summary>
    Flaky,

    /// <summary>Connections are refused.</summary>
    Away,

    /// <summary>Nothing is answered.</summary>
    Hanging,

    /// <summary>A proxy answers instead of the tracker.</summary>
    Proxy,

    /// <summary>The tracker answers that its store is away, for the whole request or event by event.</summary>
    Busy,
}
