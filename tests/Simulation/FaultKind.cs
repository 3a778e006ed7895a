namespace ExecutionGrains.Simulation;

/// <summary>What can go wrong.</summary>
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
