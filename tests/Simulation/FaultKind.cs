namespace ExecutionGrains.Simulation;

/// <summary>The kinds of injected fault.</summary>
public enum FaultKind
{
    RequestDropped,
    AnswerDropped,
    RequestDuplicated,
    RequestDelayed,
    AnnouncementLost,
    StoreFailedBefore,
    StoreFailedAfter,
    StoreHung,
    StoreWroteLate,
    StoreConflicted,
    StoreRefused,
    StoreAway,
    SiloKilled,
    GrainForgotten,
    ClockStepped,
    WorkerDied,
    WorkerStalled,
    StoreFenced,
    StoreRestored,
    FencingBrokenOff,
}
