using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>What one append adds to the figures; the statements count it per span, and only where the append passed.</summary>
internal static class FigureRows
{
    public static void Add(CommitStatements to, Append append, Func<string, string> counted)
    {
        var state = append.State;
        foreach (var effect in append.Effects)
        {
            switch (effect)
            {
                case Effect.Ended ended:
                    Stat(ended.At, "status", ended.Status?.Word(), 1);
                    Stat(ended.At, "cause", ended.Cause?.Word(), 1);
                    if (ended.Duration is { } duration)
                    {
                        to["stat-duration-add"].Word(state.Id.Value).Text(counted(state.Workflow)).Time(ended.At).Text(state.Namespace)
                            .Int(DurationBucket.Of(duration));
                    }

                    break;
                case Effect.Figure figure:
                    Stat(figure.At, figure.Kind.Word(), figure.Resolution?.Word() ?? string.Empty, figure.Delta);
                    break;
                case Effect.Live live:
                    to["live-add"].Word(state.Id.Value).Text(counted(live.Workflow)).Text(state.Namespace).Word(live.Status.Word()).Long(live.Delta);
                    break;
            }
        }

        void Stat(DateTimeOffset at, string kind, string? word, long count)
        {
            if (word is not null)
            {
                to["stat-add"].Word(state.Id.Value).Text(counted(state.Workflow)).Time(at).Text(state.Namespace).Word(kind).Word(word).Long(count);
            }
        }
    }
}
