using System.Runtime.InteropServices;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>Sums the changes of a batch to the figures, so that a thousand ends write only a few rows.</summary>
internal sealed class FiguresDelta
{
    private static readonly int[] Spans = [60, 3600];

    private readonly Dictionary<(int Span, string Workflow, long At, string Namespace, string Kind, string Word), long> stats = [];
    private readonly Dictionary<(int Span, string Workflow, long At, string Namespace, int Bucket), long> durations = [];
    private readonly Dictionary<(string Workflow, string Namespace, string Status), long> live = [];
    private readonly List<Append> appends = [];
    private HashSet<string>? counted;
    private Dictionary<string, int> countedOf = new(StringComparer.Ordinal);

    /// <summary>Discards the last batch. If it was rolled back, the counted workflows are read again.</summary>
    public void Clear()
    {
        if (appends.Count > 0)
        {
            counted = null;
        }

        Reset();
    }

    public void Add(Append append)
    {
        if (append.Effects.Any(e => e is Effect.CountEndedEpoch or Effect.CorrectStatistics or Effect.ChangeLiveCount or Effect.ChangeStatistic))
        {
            appends.Add(append);
        }
    }

    public void Write(Session session)
    {
        foreach (var append in appends)
        {
            var @namespace = append.State.Namespace;
            var workflow = Counted(session, @namespace, append.State.Workflow);
            foreach (var effect in append.Effects)
            {
                if (effect is Effect.CorrectStatistics recount)
                {
                    AddEnd(recount.At, Counted(session, @namespace, recount.FromWorkflow), @namespace, recount.Status, recount.Cause, recount.FromDuration, -1);
                    AddEnd(recount.At, Counted(session, @namespace, recount.ToWorkflow), @namespace, recount.Status, recount.Cause, recount.ToDuration, 1);
                    continue;
                }

                var named = effect switch
                {
                    Effect.ChangeLiveCount change => Counted(session, @namespace, change.Workflow),
                    Effect.CountEndedEpoch ended => Counted(session, @namespace, CountedWorkflow.OfEnd(append, ended)),
                    _ => workflow,
                };
                Count(effect, named, @namespace);
            }
        }

        foreach (var (key, count) in stats.OrderBy(s => s.Key))
        {
            session["AddStat"].Int("span", key.Span).Text("workflow", key.Workflow).Int("at", key.At).Text("namespace", key.Namespace).Text("kind", key.Kind)
                .Text("word", key.Word).Int("count", count).Run();
        }

        foreach (var (key, count) in durations.OrderBy(d => d.Key))
        {
            session["AddDuration"].Int("span", key.Span).Text("workflow", key.Workflow).Int("at", key.At).Text("namespace", key.Namespace)
                .Int("bucket", key.Bucket).Int("count", count).Run();
        }

        foreach (var (key, count) in live.Where(l => l.Value != 0))
        {
            session["AddLive"].Text("workflow", key.Workflow).Text("namespace", key.Namespace).Text("status", key.Status).Int("count", count).Run();
        }
    }

    /// <summary>Called when the batch is durable.</summary>
    public void Reset()
    {
        stats.Clear();
        durations.Clear();
        live.Clear();
        appends.Clear();
    }

    private void Count(Effect effect, string workflow, string @namespace)
    {
        switch (effect)
        {
            case Effect.CountEndedEpoch ended:
                AddEnd(ended.At, workflow, @namespace, ended.Status, ended.Cause, ended.Duration, 1);
                break;
            case Effect.ChangeStatistic figure:
                Add(figure.At, workflow, @namespace, figure.Kind.Word(), figure.Resolution?.Word() ?? string.Empty, figure.Delta);
                break;
            case Effect.ChangeLiveCount change:
                CollectionsMarshal.GetValueRefOrAddDefault(live, (workflow, @namespace, change.Status.Word()), out _) += change.Delta;
                CollectionsMarshal.GetValueRefOrAddDefault(live, (CountedWorkflow.Total, @namespace, change.Status.Word()), out _) += change.Delta;
                break;
        }
    }

    private void AddEnd(DateTimeOffset at, string workflow, string @namespace, ExecutionStatus? status, Cause? cause, TimeSpan? duration, int count)
    {
        Add(at, workflow, @namespace, "status", status?.Word(), count);
        Add(at, workflow, @namespace, "cause", cause?.Word(), count);
        if (duration is { } time)
        {
            AddDuration(at, workflow, @namespace, DurationBucket.Of(time), count);
        }
    }

    private void Add(DateTimeOffset at, string workflow, string @namespace, string kind, string? word, long count)
    {
        if (word is null)
        {
            return;
        }

        foreach (var span in Spans)
        {
            var from = UnixMicroseconds.Floor(UnixMicroseconds.From(at), span * UnixMicroseconds.PerSecond);
            CollectionsMarshal.GetValueRefOrAddDefault(stats, (span, workflow, from, @namespace, kind, word), out _) += count;
            CollectionsMarshal.GetValueRefOrAddDefault(stats, (span, CountedWorkflow.Total, from, @namespace, kind, word), out _) += count;
        }
    }

    private void AddDuration(DateTimeOffset at, string workflow, string @namespace, int bucket, int count)
    {
        foreach (var span in Spans)
        {
            var from = UnixMicroseconds.Floor(UnixMicroseconds.From(at), span * UnixMicroseconds.PerSecond);
            CollectionsMarshal.GetValueRefOrAddDefault(durations, (span, workflow, from, @namespace, bucket), out _) += count;
            CollectionsMarshal.GetValueRefOrAddDefault(durations, (span, CountedWorkflow.Total, from, @namespace, bucket), out _) += count;
        }
    }

    private string Counted(Session session, string @namespace, string workflow)
    {
        if (counted is null)
        {
            counted = [.. session["ListCountedWorkflows"].All(row => row.Text(0))];
            countedOf = counted.Select(CountedWorkflow.NamespaceOf).OfType<string>()
                .CountBy(n => n, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        }

        var name = CountedWorkflow.Name(@namespace, workflow);
        if (counted.Contains(name) || counted.Contains(workflow))
        {
            return workflow;
        }

        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(countedOf, @namespace, out _);
        if (count >= CountedWorkflow.Max)
        {
            return CountedWorkflow.Overflow;
        }

        count++;
        counted.Add(name);
        session["InsertCountedWorkflow"].Text("workflow", name).Run();
        return workflow;
    }
}
