using static ExecutionGrains.ExecutionStatus;
using static ExecutionGrains.Rules.Move;

namespace ExecutionGrains.Rules;

/// <summary>All transitions between statuses. A transition that is not listed is refused.</summary>
public static class StateMachine
{
    /// <summary>The status after a move. Null if the move is refused in this status.</summary>
    public static ExecutionStatus? Next(ExecutionStatus status, Move move) => (status, move) switch
    {
        (Pending, Claim) => Claimed,
        (Paused, Claim) => Paused,

        (Pending or Claimed, Start) => Running,
        (Pending or Claimed or Running, Pause) => Paused,
        (Pending or Claimed or Paused, Resume) => Running,

        (Pending or Claimed or Running or Paused, Succeed) => Succeeded,
        (Pending or Claimed or Running or Paused, Fail) => Failed,
        (Pending or Claimed or Running or Paused, Crash) => Crashed,
        (Pending or Claimed or Running or Paused, Kill) => Killed,
        (Pending or Claimed or Running or Paused, Except) => ExecutionStatus.Exception,
        (Pending or Claimed or Running or Paused, Cancel) => Cancelled,

        (Claimed, ExpireClaim) => Pending,
        (Claimed or Running, Lose) => Lost,
        (Claimed or Running, RefuseReport) => ExecutionStatus.Exception,
        (Running, TimeOut) => Killed,

        ( >= Succeeded, Requeue) => Pending,

        (Pending or Claimed or Running, Fence) => Pending,
        (Paused, Fence) => Paused,

        _ => null,
    };
}
