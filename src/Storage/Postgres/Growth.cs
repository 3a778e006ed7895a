using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>The ends of what an append adds to its execution's history and steps; null: nothing.</summary>
internal readonly record struct Growth(Effect.History? FirstLine, Effect.History? LastLine, StepRow? FirstStep, StepRow? LastStep)
{
    public static Growth Of(Append append)
    {
        var growth = default(Growth);
        foreach (var effect in append.Effects)
        {
            growth = effect switch
            {
                Effect.History line => growth with { FirstLine = growth.FirstLine ?? line, LastLine = line },
                Effect.Step { IsNew: true, Row: var step } => growth with { FirstStep = growth.FirstStep ?? step, LastStep = step },
                _ => growth,
            };
        }

        return growth;
    }
}
