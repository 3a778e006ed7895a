using ExecutionGrains.Rules;

namespace ExecutionGrains.Bench;

/// <summary>The state that seeded executions are copies of, as the grains would store it.</summary>
internal static class TypicalExecution
{
    public static ExecutionState At(DateTimeOffset now) => new()
    {
        Id = new("seed"),
        Namespace = "team-seed",
        CreatedBy = "scheduler",
        CreatedAt = now,
        Status = ExecutionStatus.Succeeded,
        Version = 40,
        Revision = 3,
        Attempts = 1,
        Worker = new("worker-17", "b1f3"),
        ClaimedAt = now,
        Followed = true,
        StartReported = true,
        StartedAt = now,
        TrackerStartedAt = now,
        TimeoutFrom = now,
        EndedAt = now,
        TrackerEndedAt = now,
        Outcome = Outcome.Success,
        Cause = Cause.Reported,
        Path = FinalizationPath.Completed,
        LastContactAt = now,
        LastStarted = new("step-18", "load", "sql", now, now, null, false),
        LastCompleted = new("step-18", "load", "sql", now, now, now, true),
        StepCount = 18,
        StepCost = 0.0375m,
        StepSequence = 18,
        HistorySequence = 40,
        Facts = new()
        {
            Workflow = "workflow-17",
            TriggerType = "schedule",
            HeartbeatTimeoutSeconds = 60,
            Labels = new() { ["region"] = "region-1", ["team"] = "crew-17" },
        },
    };
}
