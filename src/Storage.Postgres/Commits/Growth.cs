using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>The first and last history line and new step of an append. Null: none.</summary>
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
