using System.Diagnostics;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>A queued call: its commands in order, and the task that completes with its answer.</summary>
internal abstract class PendingCall(Command[] commands, Caller caller, bool isReport)
{
    /// <summary>Whether the call is a report, even one without events.</summary>
    public bool IsReport { get; } = isReport;

    public Command[] Commands { get; } = commands;

    public Caller Caller { get; } = caller;

    /// <summary>The activity of the caller; null without tracing.</summary>
    public Activity? Activity { get; } = Activity.Current;

    public Verdict[] Verdicts { get; } = new Verdict[commands.Length];

    /// <summary>Number of commands that were decided. <see cref="Verdicts"/> is filled up to this index.</summary>
    public int DecidedCount { get; set; }

    /// <summary>Why the whole call was refused; null if its commands were decided.</summary>
    public Code? Refused { get; set; }

    public ExecutionStatus StatusBefore { get; set; }

    public bool Created { get; set; }

    /// <summary>
    /// The execution after this call's commands. Later calls in the same append may change it further, but a claim must be answered with the epoch that it
    /// claimed.
    /// </summary>
    public ExecutionState? After { get; set; }

    public abstract void Complete(ExecutionState? state);

    public void Refuse(ExecutionState? state, Code code)
    {
        (Refused, After) = (code, null);
        Complete(state);
    }

    protected Answers Answers(ExecutionState? state) => new(state, After ?? state, Commands, Verdicts, Refused, StatusBefore, Created);
}

/// <inheritdoc/>
/// <param name="answer">Builds the answer. Runs inside the turn, so the caller does not wait for another one.</param>
internal sealed class PendingCall<TAnswer>(Command[] commands, Caller caller, GrainServices services, Func<Answers, GrainServices, TAnswer> answer)
    : PendingCall(commands, caller, isReport: typeof(TAnswer) == typeof(ReportAnswer))
{
    private readonly TaskCompletionSource<TAnswer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TAnswer> Done => _done.Task;

    public override void Complete(ExecutionState? state)
    {
        try
        {
            _done.TrySetResult(answer(Answers(state), services));
        }
        catch (Exception e)
        {
            // An answer that cannot be built must not prevent the answers of the other calls.
            _done.TrySetException(e);
        }
    }
}

/// <summary>Input for building a call's answer, once its decisions are durable.</summary>
/// <param name="State">The execution after the whole append.</param>
/// <param name="After">The execution after this call's commands.</param>
internal readonly record struct Answers(
    ExecutionState? State, ExecutionState? After, Command[] Commands, Verdict[] Verdicts, Code? Refused, ExecutionStatus StatusBefore, bool Created);

/// <summary>
/// The part of a decision that the answer needs. Whole decisions are not kept until the commit: their intermediate states were the largest cost of garbage
/// collection.
/// </summary>
internal readonly record struct Verdict(Result Result, Code? Code, string? Message, bool Claimed)
{
    public static Verdict Of(Decision decision) => new(decision.Result, decision.Code, decision.Message, decision.HoldsClaim);
}
