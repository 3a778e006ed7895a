namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>State of the network between SDK and tracker, for a while.</summary>
internal enum NetworkMode
{
    /// <summary>Creates and heartbeats pass; a report of events may hang occasionally.</summary>
    Fine,

    /// <summary>Any request may fail, before or after it reaches the tracker.</summary>
    Flaky,

    /// <summary>Connections are refused.</summary>
    Away,

    /// <summary>No request is answered.</summary>
    Hanging,

    /// <summary>A proxy answers instead of the tracker.</summary>
    Proxy,

    /// <summary>The tracker answers that its store is unavailable, for the whole request or for single events.</summary>
    Busy,
}
