using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>A call that waits for its turn: its commands, in order, and where its answers go.</summary>
internal sealed class Waiting(Command[] commands, Caller caller)
{
    private readonly TaskCompletionSource<Answers> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Command[] Commands { get; } = commands;

    public Caller Caller { get; } = caller;

    public Decision[] Decisions { get; } = new Decision[commands.Length];

    /// <summary>Why the call was refused as a whole; null: it was decided.</summary>
    public Code? Refused { get; set; }

    public ExecutionStatus StatusBefore { get; set; }

    public bool Created { get; set; }

    public Task<Answers> Done => _done.Task;

    public void Complete(ExecutionState? state) => _done.TrySetResult(new Answers(state, Decisions, Refused, StatusBefore, Created));

    public void Refuse(ExecutionState? state, Code code)
    {
        Refused = code;
        Complete(state);
    }
}

/// <summary>What a call gets back once its decisions are durable.</summary>
internal sealed record Answers(ExecutionState? State, Decision[] Decisions, Code? Refused, ExecutionStatus StatusBefore, bool Created);
