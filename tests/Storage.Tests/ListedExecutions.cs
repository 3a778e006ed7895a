using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Serialization;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>
/// Executions for lists, with skewed distributions and many of the same moment, and every filter of a list with its predicate on one execution.
/// </summary>
internal static class ListedExecutions
{
    public static List<ExecutionState> Some(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => One(random)).DistinctBy(s => s.Id)];
    }

    /// <summary>Half of the live executions end, some get another worker, label or workflow; the others stay.</summary>
    public static ExecutionState Moved(ExecutionState s, int i) => (i % 7) switch
    {
        6 when s.IsFinal => Requeued(s, i),
        0 or 1 when !s.IsFinal => s with
        {
            Revision = 2,
            TrackerEndedAt = s.CreatedAt.AddSeconds(50),
            EndedAt = s.CreatedAt.AddSeconds(i % 40),
            Status = ExecutionStatus.Lost,
            Cause = Cause.LostAfterStart,
            LateCount = i % 3,
        },
        2 => s with { Revision = 2, Facts = s.Facts with { Labels = new() { ["team"] = "t1", ["new"] = "yes" } } },
        3 => s with { Revision = 2, Worker = new($"w{i % 3}", null), StartedAt = s.StartedAt ?? s.CreatedAt.AddSeconds(i) },
        4 => s with { Revision = 2, Facts = s.Facts with { Workflow = "wf-later" } },
        5 when s.Facts.Labels is not null => s with { Revision = 2, Facts = s.Facts with { Labels = null } },
        _ => s,
    };

    private static ExecutionState Requeued(ExecutionState s, int i) => s with
    {
        Revision = 2,
        Epoch = 2,
        Status = i % 2 == 0 ? ExecutionStatus.Pending : ExecutionStatus.Failed,
        Cause = i % 2 == 0 ? null : Cause.Reported,
        EndedAt = i % 2 == 0 ? null : s.EndedAt,
        TrackerEndedAt = i % 2 == 0 ? null : T0.AddSeconds(200),
        Epochs =
        [
            new(1, "w", null, null, s.StartedAt, s.EndedAt, s.Status, null, s.Cause, null, null, null) { TrackerEndedAt = s.TrackerEndedAt },
            new(2, "w", null, null, null, T0.AddSeconds(150), null, null, Cause.ClaimExpired, null, null, null),
        ],
    };

    /// <summary>Whether one ended epoch matches all conditions.</summary>
    private static bool Epoch(ExecutionState s, Func<ExecutionStatus, Cause?, DateTimeOffset?, bool> matches) =>
        (s.IsFinal && matches(s.Status, s.Cause, s.TrackerEndedAt)) || s.Epochs.Any(e => e.Status is { } status && matches(status, e.Cause, e.TrackerEndedAt));

    /// <summary>The orders of lists besides creation, and their sort values.</summary>
    public static List<(ListSort Sort, Func<ExecutionState, long?> Value)> Sorts() =>
    [
        (ListSort.Started, s => UnixMicroseconds.From(s.StartedAt)),
        (ListSort.Ended, s => UnixMicroseconds.From(s.EndedAt)),
        (ListSort.Duration, s => UnixMicroseconds.From(s.EndedAt) - UnixMicroseconds.From(s.StartedAt ?? s.CreatedAt)),
    ];

    /// <summary>Values that most executions have, some, few, and none.</summary>
    public static List<(string Field, string Name, Func<ExecutionFilter, ExecutionFilter> With, Func<ExecutionState, bool> Matches)> Filters() =>
    [
        ("status", "status succeeded", f => f with { Status = [ExecutionStatus.Succeeded] }, s => s.Status == ExecutionStatus.Succeeded),
        ("status", "status lost or pending", f => f with { Status = [ExecutionStatus.Lost, ExecutionStatus.Pending] },
            s => s.Status is ExecutionStatus.Lost or ExecutionStatus.Pending),
        ("workflow", "workflow wf-0", f => f with { Workflow = ["wf-0"] }, s => s.Workflow == "wf-0"),
        ("workflow", "workflows", f => f with { Workflow = ["wf-1", "wf-later", "nobody's"] }, s => s.Workflow is "wf-1" or "wf-later"),
        ("namespace", "namespace n0", f => f with { Namespace = ["n0"] }, s => s.Namespace == "n0"),
        ("visible", "visible n1 and n2", f => f with { VisibleNamespaces = ["n1", "n2"] }, s => s.Namespace is "n1" or "n2"),
        ("cause", "cause", f => f with { Cause = [Cause.LostAfterStart, Cause.Timeout] }, s => s.Cause is Cause.LostAfterStart or Cause.Timeout),
        ("cause", "cause reported", f => f with { Cause = [Cause.Reported] }, s => s.Cause == Cause.Reported),
        ("worker", "worker w1", f => f with { Worker = ["w1"] }, s => s.Worker?.WorkerId == "w1"),
        ("worker", "workers", f => f with { Worker = ["w0", "w2", "w7"] }, s => s.Worker?.WorkerId is "w0" or "w2" or "w7"),
        ("triggered", "triggered by bob", f => f with { TriggeredBy = ["bob"] }, s => (s.Facts.TriggeredBy ?? s.CreatedBy) == "bob"),
        ("label team t1", "label team t1", f => f with { Label = [.. f.Label, new("team", "t1")] }, s => Has(s, "team", "t1")),
        ("label region r0", "label region r0", f => f with { Label = [.. f.Label, new("region", "r0")] }, s => Has(s, "region", "r0")),
        ("label new", "label new", f => f with { Label = [.. f.Label, new("new", "yes")] }, s => Has(s, "new", "yes")),
        ("label of nobody", "label of nobody", f => f with { Label = [.. f.Label, new("team", "status=lost")] }, _ => false),
        ("resolution", "resolution", f => f with { Resolution = [Resolution.Ignored] }, s => s.Resolution?.Resolution == Resolution.Ignored),
        ("late", "late", f => f with { Late = true }, s => s.LateCount > 0),
        ("started after", "started after", f => f with { StartedAfter = T0.AddSeconds(80) }, s => s.StartedAt >= T0.AddSeconds(80)),
        ("started before", "started before", f => f with { StartedBefore = T0.AddSeconds(100) }, s => s.StartedAt < T0.AddSeconds(100)),
        ("parent", "parent p1", f => f with { Parent = ["p1"] }, s => s.Facts.ParentExecutionId == "p1"),
        ("parent", "parents", f => f with { Parent = ["p0", "p2", "nobody"] }, s => s.Facts.ParentExecutionId is "p0" or "p2"),
        ("has label", "has label team", f => f with { HasLabel = ["team"] }, s => s.Facts.Labels?.ContainsKey("team") == true),
        ("has label", "has label new and team", f => f with { HasLabel = ["new", "team"] }, s => s.Facts.Labels?.ContainsKey("new") == true),
        ("created", "created within", f => f with { CreatedAfter = T0.AddSeconds(30), CreatedBefore = T0.AddSeconds(90) },
            s => s.CreatedAt >= T0.AddSeconds(30) && s.CreatedAt < T0.AddSeconds(90)),
        ("created", "created before", f => f with { CreatedBefore = T0.AddSeconds(50) }, s => s.CreatedAt < T0.AddSeconds(50)),
        ("ended", "ended within", f => f with { EndedAfter = T0.AddSeconds(60), EndedBefore = T0.AddSeconds(110) },
            s => s.EndedAt >= T0.AddSeconds(60) && s.EndedAt < T0.AddSeconds(110)),
        ("epoch", "epoch succeeded", f => f with { EpochStatus = [ExecutionStatus.Succeeded] },
            s => Epoch(s, (status, _, _) => status == ExecutionStatus.Succeeded)),
        ("epoch", "epoch lost or failed for reasons",
            f => f with { EpochStatus = [ExecutionStatus.Lost, ExecutionStatus.Failed], EpochCause = [Cause.Reported, Cause.LostAfterStart] },
            s => Epoch(s, (status, cause, _) => status is ExecutionStatus.Lost or ExecutionStatus.Failed && cause is Cause.Reported or Cause.LostAfterStart)),
        ("epoch", "epoch cause reported", f => f with { EpochCause = [Cause.Reported] }, s => Epoch(s, (_, cause, _) => cause == Cause.Reported)),
        ("epoch", "epoch ended within", f => f with { EpochEndedAfter = T0.AddSeconds(60), EpochEndedBefore = T0.AddSeconds(130) },
            s => Epoch(s, (_, _, at) => at >= T0.AddSeconds(60) && at < T0.AddSeconds(130))),
        ("epoch", "epoch lost and ended after", f => f with { EpochStatus = [ExecutionStatus.Lost], EpochEndedAfter = T0.AddSeconds(90) },
            s => Epoch(s, (status, _, at) => status == ExecutionStatus.Lost && at >= T0.AddSeconds(90))),
        ("epoch", "epoch still running", f => f with { EpochStatus = [ExecutionStatus.Running] }, _ => false),
        ("lasted", "lasted 10 s", f => f with { DurationMin = TimeSpan.FromSeconds(10) },
            s => s.EndedAt - (s.StartedAt ?? s.CreatedAt) >= TimeSpan.FromSeconds(10)),
        ("q", "q of some ids", f => f with { Prefix = "x1" }, s => s.Id.Value.StartsWith("x1", StringComparison.Ordinal)),
        ("q", "q of ids and workflows", f => f with { Prefix = "w" }, s => s.Id.Value.StartsWith('w') || s.Workflow.StartsWith('w')),
        ("q", "q of workflows", f => f with { Prefix = "wf-1" },
            s => s.Id.Value.StartsWith("wf-1", StringComparison.Ordinal) || s.Workflow.StartsWith("wf-1", StringComparison.Ordinal)),
        ("q", "q of nothing", f => f with { Prefix = "zz" }, _ => false),
    ];

    private static bool Has(ExecutionState s, string key, string value) => s.Facts.Labels?.GetValueOrDefault(key) == value;

    private static ExecutionState One(Random random)
    {
        var second = random.Next(120);
        var status = random.Next(10) switch
        {
            < 7 => ExecutionStatus.Succeeded,
            7 => ExecutionStatus.Running,
            8 => ExecutionStatus.Pending,
            _ => ExecutionStatus.Lost,
        };
        var workflow = $"wf-{Math.Min(random.Next(8), random.Next(8))}{(random.Next(9) == 0 ? "0" : string.Empty)}";
        return State($"{(random.Next(20) == 0 ? "wf" : "x")}{random.Next(10_000)}", workflow, $"n{Math.Min(random.Next(4), random.Next(4))}", second) with
        {
            Status = status,
            Cause = status switch { ExecutionStatus.Succeeded => Cause.Reported, ExecutionStatus.Lost => Cause.LostAfterStart, _ => null },
            Worker = status == ExecutionStatus.Pending ? null : new($"w{random.Next(6)}", null),
            StartedAt = status == ExecutionStatus.Pending ? null : T0.AddSeconds(second + random.Next(10) switch { 8 => 300, 9 => -90, var soon => soon }),
            EndedAt = status is ExecutionStatus.Succeeded or ExecutionStatus.Lost ? T0.AddSeconds(second + random.Next(20)) : null,
            TrackerEndedAt = status is ExecutionStatus.Succeeded or ExecutionStatus.Lost ? T0.AddSeconds(second + 5) : null,
            LateCount = random.Next(6) == 0 ? 1 : 0,
            Resolution = status == ExecutionStatus.Lost && random.Next(2) == 0 ? new(Resolution.Ignored, null, "x", T0) : null,
            Facts = new()
            {
                Workflow = workflow,
                TriggeredBy = random.Next(5) == 0 ? "bob" : null,
                ParentExecutionId = random.Next(3) == 0 ? $"p{random.Next(4)}" : null,
                Labels = random.Next(8) == 0 ? null : new() { ["team"] = $"t{Math.Min(random.Next(9), random.Next(9))}", ["region"] = $"r{random.Next(2)}" },
            },
        };
    }
}
