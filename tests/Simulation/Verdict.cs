namespace ExecutionGrains.Simulation;

/// <summary>Keeps the first broken promise, which ends the run.</summary>
internal sealed class Verdict(SimulatedTime time, Trace trace)
{
    /// <summary>The broken promise; null: none so far.</summary>
    public string? Failure { get; private set; }

    public void Fail(string what)
    {
        if (Failure is null)
        {
            trace.Write($"BROKEN: {what}");
            Failure = $"{what} (at {time.Elapsed.TotalSeconds:F4} s)";
            time.Stop();
        }
    }

    public void Check(bool holds, string what)
    {
        if (!holds)
        {
            Fail(what);
        }
    }
}
