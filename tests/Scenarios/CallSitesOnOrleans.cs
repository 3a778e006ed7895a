using System.Globalization;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Scenarios;

/// <summary>
/// A silo takes a second to start, so each run tests one share of the call sites. The share changes daily: after twelve days each site has been tested.
/// </summary>
public abstract class CallSitesOnOrleans(StoreKind store) : CallSites(store, onActors: false)
{
    private const int ShareCount = 12;

    /// <summary>0 to 11: set it to repeat the run of another day.</summary>
    private const string Setting = "CALL_SITE_SHARE";

    private protected override IEnumerable<(int At, string Name)> Chosen(IReadOnlyList<(int At, string Name)> sites)
    {
        var share = Environment.GetEnvironmentVariable(Setting) is { } set
            ? int.Parse(set, CultureInfo.InvariantCulture)
            : DateOnly.FromDateTime(DateTime.UtcNow).DayNumber % ShareCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Share {share} of {ShareCount}; {Setting}={share} repeats it.");
        return sites.Where((_, i) => i % ShareCount == share);
    }

    /// <summary>A share may contain no commit of an end, and then reduces none.</summary>
    private protected override void CheckReduced(Mishap kind, int reduced) => Assert.True(reduced == 0 || kind is Mishap.Refuses, $"{reduced} were reduced");
}
