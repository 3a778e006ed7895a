using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>A call that waits for its turn: its commands, in order, and where its answers go.</summary>
internal sealed class Waiting(Command[] commands, Caller caller)
{
    private readonly TaskCompletionSource<Answers> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Command[] Commands { get; } = commands;

    public Caller Caller { get; } = caller;

    public Verdict[] Verdicts { get; } = new Verdict[commands.Length];

    /// <summary>Why the call was refused as a whole; null: it was decided.</summary>
    public Code? Refused { get; set; }

    public ExecutionStatus StatusBefore { get; set; }

    public bool Created { get; set; }

    /// <summary>The execution after this call's own commands. Another's, decided with it, may have taken it further: whoever claimed an epoch is told of that one, and not of the next one's.</summary>
    public ExecutionState? After { get; set; }

    public Task<Answers> Done => _done.Task;

    public void Complete(ExecutionState? state) => _done.TrySetResult(new Answers(state, After ?? state, Verdicts, Refused, StatusBefore, Created));

    public void Refuse(ExecutionState? state, Code code)
    {
        (Refused, After) = (code, null);
        Complete(state);
    }
}

/// <summary>What a call gets back once its decisions are durable.</summary>
/// <param name="State">The execution now.</param>
/// <param name="After">The execution as the call left it.</param>
internal sealed record Answers(ExecutionState? State, ExecutionState? After, Verdict[] Verdicts, Code? Refused, ExecutionStatus StatusBefore, bool Created);

/// <summary>
/// What is left of a decision for the answer. The states between the first and the last of an append are nobody's any more: kept until the commit, they were what
/// the garbage collector had to copy most.
/// </summary>
internal readonly record struct Verdict(Result Result, Code? Code, string? Message, bool Claimed)
{
    public static Verdict Of(Decision decision) => new(decision.Result, decision.Code, decision.Message, decision.Claimed);
}
