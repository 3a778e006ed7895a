using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>Adds the changes of one append to the figures as rows. The statements count them per time span, and only for appends that were written.</summary>
internal static class FigureRows
{
    public static void Add(CommitBatch to, Append append, Func<string, string, string> counted)
    {
        var state = append.State;
        foreach (var effect in append.Effects)
        {
            switch (effect)
            {
                case Effect.CountEndedEpoch ended:
                    End(ended.At, CountedWorkflow.OfEnd(append, ended), ended.Status, ended.Cause, ended.Duration, 1);
                    break;
                case Effect.CorrectStatistics recount:
                    End(recount.At, recount.FromWorkflow, recount.Status, recount.Cause, recount.FromDuration, -1);
                    End(recount.At, recount.ToWorkflow, recount.Status, recount.Cause, recount.ToDuration, 1);
                    break;
                case Effect.ChangeStatistic figure:
                    Stat(figure.At, state.Workflow, figure.Kind.Word(), figure.Resolution?.Word() ?? string.Empty, figure.Delta);
                    break;
                case Effect.ChangeLiveCount live:
                    to["AddLive"].Word("id", state.Id.Value).Text("workflow", counted(state.Namespace, live.Workflow)).Text("namespace", state.Namespace)
                        .Word("status", live.Status.Word()).Long("count", live.Delta);
                    break;
            }
        }

        void End(DateTimeOffset at, string workflow, ExecutionStatus? status, Cause? cause, TimeSpan? duration, int count)
        {
            Stat(at, workflow, "status", status?.Word(), count);
            Stat(at, workflow, "cause", cause?.Word(), count);
            if (duration is { } time)
            {
                to["AddDurations"].Word("id", state.Id.Value).Text("workflow", counted(state.Namespace, workflow)).Time("at", at)
                    .Text("namespace", state.Namespace).Int("bucket", DurationBucket.Of(time)).Int("count", count);
            }
        }

        void Stat(DateTimeOffset at, string workflow, string kind, string? word, long count)
        {
            if (word is not null)
            {
                to["AddStats"].Word("id", state.Id.Value).Text("workflow", counted(state.Namespace, workflow)).Time("at", at)
                    .Text("namespace", state.Namespace).Word("kind", kind).Word("word", word).Long("count", count);
            }
        }
    }
}
