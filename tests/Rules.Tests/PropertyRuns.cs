using FsCheck;

namespace ExecutionGrains.Rules.Tests;

/// <summary>
/// Number of tries of a property. <c>./mutants</c> sets <c>RULES_MUTATION</c>: few tries from a fixed seed, because it runs the tests once per mutant.
/// </summary>
internal static class PropertyRuns
{
    private static readonly bool IsMutation = Environment.GetEnvironmentVariable("RULES_MUTATION") is not null;

    public static int Count(int normal) => IsMutation ? normal / 100 : normal;

    public static Config Of(int normal)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(Count(normal));
        return IsMutation ? config.WithReplay(1, 1) : config;
    }
}
