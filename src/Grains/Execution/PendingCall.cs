using System.Diagnostics;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>A call that waits for its turn: its commands, in order, and where its answers go.</summary>
internal abstract class PendingCall(Command[] commands, Caller caller, bool isReport)
{
    /// <summary>Whether it reports events, be it none.</summary>
    public bool IsReport { get; } = isReport;

    public Command[] Commands { get; } = commands;

    public Caller Caller { get; } = caller;

    /// <summary>The traced operation that made the call; null: no tracing.</summary>
    public Activity? Activity { get; } = Activity.Current;

    public Verdict[] Verdicts { get; } = new Verdict[commands.Length];

    /// <summary>How many of its commands were decided, and have their verdict.</summary>
    public int DecidedCount { get; set; }

    /// <summary>Why the call was refused as a whole; null: it was decided.</summary>
    public Code? Refused { get; set; }

    public ExecutionStatus StatusBefore { get; set; }

    public bool Created { get; set; }

    /// <summary>
    /// The execution after this call's own commands. Other calls of the same append may have changed it further: a claim is answered with the epoch that it
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
/// <param name="answer">Builds the answer during the turn, so the call itself does not wait for one.</param>
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
            // A failing answer must not keep the other calls from theirs.
            _done.TrySetException(e);
        }
    }
}

/// <summary>What a call gets back once its decisions are durable.</summary>
/// <param name="State">The execution now.</param>
/// <param name="After">The execution as the call left it.</param>
internal readonly record struct Answers(
    ExecutionState? State, ExecutionState? After, Command[] Commands, Verdict[] Verdicts, Code? Refused, ExecutionStatus StatusBefore, bool Created);

/// <summary>
/// The part of a decision that the answer needs. Keeping the states between the first and the last of an append until the commit was the largest cost of
/// garbage collection.
/// </summary>
internal readonly record struct Verdict(Result Result, Code? Code, string? Message, bool Claimed)
{
    public static Verdict Of(Decision decision) => new(decision.Result, decision.Code, decision.Message, decision.Claimed);
}
