namespace ExecutionGrains.Bench;

/// <summary>Generates the events of one caller: the start of a step, its end, the start of the next step, and so on.</summary>
internal sealed class StepEventGenerator(string prefix)
{
    private int _next;

    public ExecutionEvent Next()
    {
        var step = $"{prefix}-{_next / 2}";
        return (_next++ & 1) == 0
            ? new ExecutionEvent.StepStarted { EventId = $"{step}-s", StepId = step, Block = "transform", BlockType = "http", ParentStepId = "main" }
            : new ExecutionEvent.StepCompleted { EventId = $"{step}-e", StepId = step, Outcome = StepOutcome.Success, Cost = 0.25m, MemoryBytes = 1 << 20 };
    }

    public ExecutionEvent[] Next(int count)
    {
        var events = new ExecutionEvent[count];
        for (var i = 0; i < count; i++)
        {
            events[i] = Next();
        }

        return events;
    }
}
