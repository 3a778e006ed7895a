namespace ExecutionGrains.Rules;

/// <summary>The transitions between statuses: the edge labels of the diagram in <c>docs/state-machine.md</c>.</summary>
public enum Move
{
    Claim,
    Start,
    Pause,
    Resume,
    Succeed,
    Fail,
    Crash,
    Kill,
    Except,
    Cancel,
    ExpireClaim,
    Lose,
    TimeOut,
    RefuseReport,
    Requeue,
    Fence,
}
