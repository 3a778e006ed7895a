using static ExecutionGrains.ExecutionStatus;
using static ExecutionGrains.Rules.Move;

namespace ExecutionGrains.Rules;

/// <summary>The one switch that holds all transitions. What is not listed is refused.</summary>
public static class StateMachine
{
    /// <summary>Where a move leads from a status; null: the move is refused there.</summary>
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
