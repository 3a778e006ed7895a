using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Simulation;

/// <summary>Everything that the store has of one execution. A write replaces it by a copy, so a refused append leaves no trace.</summary>
internal sealed class StoredExecution
{
    public required ExecutionState State { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public List<(Effect.History Row, long CommitId)> History { get; private init; } = [];

    public Dictionary<EventKey, int> Events { get; private init; } = [];

    public Dictionary<StepKey, StepRow> Steps { get; private init; } = [];

    public Dictionary<RejectionKey, int> Rejections { get; private init; } = [];

    public List<Effect.CountEndedEpoch> Ended { get; private init; } = [];

    /// <summary>Number of log lines by epoch.</summary>
    public Dictionary<int, int> LogCounts { get; private init; } = [];

    public int EvidenceCount { get; private set; }

    public int AuditCount { get; private set; }

    public StoredExecution Copy() => new()
    {
        State = State,
        DueAt = DueAt,
        History = [.. History],
        Events = new(Events),
        Steps = new(Steps),
        Rejections = new(Rejections),
        Ended = [.. Ended],
        LogCounts = new(LogCounts),
        EvidenceCount = EvidenceCount,
        AuditCount = AuditCount,
    };

    /// <exception cref="ArgumentException">A key is taken, or a row to update is missing: the store refuses the append.</exception>
    public void Write(Effect effect, long commitId)
    {
        switch (effect)
        {
            case Effect.History row:
                Write(row, commitId);
                break;
            case Effect.Step { IsNew: true } step:
                Begin(step.Row);
                break;
            case Effect.Step step:
                Replace(step.Row);
                break;
            case Effect.CloseOpenSteps close:
                Close(close);
                break;
            case Effect.Rejection r:
                Rejections[new(r.Code, r.Epoch, r.EventId)] = Rejections.GetValueOrDefault(new(r.Code, r.Epoch, r.EventId)) + 1;
                break;
            case Effect.Evidence e:
                EvidenceCount = e.Number == EvidenceCount + 1 ? e.Number : throw new ArgumentException($"Evidence {e.Number} after {EvidenceCount}.");
                break;
            case Effect.Log log:
                LogCounts[log.Epoch] = LogCounts.GetValueOrDefault(log.Epoch) + 1;
                break;
            case Effect.Audit:
                AuditCount++;
                break;
            case Effect.CountEndedEpoch ended:
                Ended.Add(ended);
                break;
        }
    }

    private void Write(Effect.History row, long commitId)
    {
        if (row.Sequence != History.Count + 1)
        {
            throw new ArgumentException($"History {row.Sequence} after {History.Count}.");
        }

        if (row is { TakesEventId: true, EventId: { } id })
        {
            Events.Add(new(row.Epoch, id), History.Count);
        }

        History.Add((row with { At = row.At?.ToMicroseconds(), TrackerAt = row.TrackerAt.ToMicroseconds() }, commitId));
    }

    private void Begin(StepRow row)
    {
        if (row.Sequence != Steps.Count + 1)
        {
            throw new ArgumentException($"Step {row.Sequence} after {Steps.Count}.");
        }

        Steps.Add(new(row.Epoch, row.StepId), Stored(row));
    }

    /// <summary>Truncates times as every store does; producers may be more precise.</summary>
    private static StepRow Stored(StepRow row) => row with { StartedAt = row.StartedAt.ToMicroseconds(), EndedAt = row.EndedAt?.ToMicroseconds() };

    /// <summary>This store never drops rows, so a missing row is a bug of the rules.</summary>
    private void Replace(StepRow row)
    {
        var key = new StepKey(row.Epoch, row.StepId);
        if (!Steps.ContainsKey(key))
        {
            throw new ArgumentException($"There is no step {row.StepId} of epoch {row.Epoch} to update.");
        }

        Steps[key] = Stored(row);
    }

    private void Close(Effect.CloseOpenSteps close)
    {
        foreach (var (key, row) in Steps.ToArray())
        {
            Steps[key] = Stored(row.ClosedBy(close));
        }
    }
}
