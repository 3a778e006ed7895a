using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Statements;

namespace ExecutionGrains.Storage.Postgres.Commits;

/// <summary>
/// Merges the step effects of an append into one row per step and one closing per epoch, because a set-based statement does not order its rows. The result has
/// the same meaning if closings are written before the steps' rows.
/// </summary>
internal static class StepFold
{
    public static IEnumerable<Effect> Of(IReadOnlyList<Effect> effects)
    {
        var touching = 0;
        foreach (var effect in effects)
        {
            touching += effect is Effect.Step or Effect.CloseOpenSteps ? 1 : 0;
        }

        return touching < 2 ? effects : Folded(effects);
    }

    private static List<Effect> Folded(IReadOnlyList<Effect> effects)
    {
        var steps = new Dictionary<StepKey, Effect.Step>();
        var closings = new Dictionary<int, Effect.CloseOpenSteps>();
        var rest = new List<Effect>(effects.Count);
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Effect.Step step:
                    Take(steps, step);
                    break;
                case Effect.CloseOpenSteps close:
                    // A second closing only affects steps that this append opened since the first.
                    closings.TryAdd(close.Epoch, close);
                    Close(steps, close);
                    break;
                default:
                    rest.Add(effect);
                    break;
            }
        }

        return [.. rest, .. closings.Values, .. steps.Values];
    }

    private static void Take(Dictionary<StepKey, Effect.Step> steps, Effect.Step step)
    {
        var key = new StepKey(step.Row.Epoch, step.Row.StepId);
        if (step.IsNew && steps.ContainsKey(key))
        {
            throw new ArgumentException($"The step {step.Row.StepId} of epoch {step.Row.Epoch} is inserted twice.");
        }

        steps[key] = steps.TryGetValue(key, out var before) ? step with { IsNew = before.IsNew } : step;
    }

    private static void Close(Dictionary<StepKey, Effect.Step> steps, Effect.CloseOpenSteps close)
    {
        foreach (var (key, step) in steps.Where(s => s.Key.Epoch == close.Epoch && s.Value.Row.IsOpen).ToList())
        {
            steps[key] = step with { Row = step.Row.ClosedBy(close) };
        }
    }
}
