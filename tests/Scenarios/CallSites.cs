using System.Collections.Concurrent;
using ExecutionGrains.Rules;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Scenarios;

/// <summary>Runs a life once for each of its store calls, with this call failing. The result must be the same as without a failure.</summary>
public abstract class CallSites(StoreKind store, bool onActors) : Scenario(store)
{
    [Theory]
    [InlineData(Mishap.FailsBefore)]
    [InlineData(Mishap.AnswerLost)]
    [InlineData(Mishap.HangsAndFails)]
    [InlineData(Mishap.HangsAndSucceeds)]
    [InlineData(Mishap.Conflicts)]
    [InlineData(Mishap.Refuses)]
    public async Task S35_S36_S43_A_failure_in_any_store_call_does_not_change_the_result_of_a_life(Mishap kind)
    {
        var (expected, answers, calls) = await Undisturbed.GetOrAdd((Store, onActors), _ => new(() => Lived(null, kind))).Value;
        var sites = Chosen(Sites(calls, kind)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{sites.Count} of {calls.Count} calls go wrong.");
        Assert.NotEmpty(sites);
        Assert.Superset(new HashSet<string> { "commit", "delete", "load", "due", "alive", "read janitor.paused" }, calls.ToHashSet());
        var reduced = 0;
        foreach (var (at, name) in sites)
        {
            var (record, told, _) = await Lived(at, kind);
            var without = record.Where(line => line.EndsWith(Life.Reduced, StringComparison.Ordinal)).Select(line => line.Split(' ')[0]).ToHashSet();
            reduced += without.Count;
            var (was, @is) = (Comparable(expected, without), Comparable(record, without));
            string[] differences = [.. was.Except(@is), .. @is.Except(was), .. answers.Except(told), .. told.Except(answers)];
            Assert.True(differences.Length == 0, $"call {at}, {name}, {kind}:\n{string.Join('\n', differences)}");
        }

        CheckReduced(kind, reduced);
    }

    /// <summary>The call sites that this run tests.</summary>
    private protected abstract IEnumerable<(int At, string Name)> Chosen(IReadOnlyList<(int At, string Name)> sites);

    /// <param name="reduced">Number of ends that were stored without their payloads, in all lives.</param>
    private protected abstract void CheckReduced(Mishap kind, int reduced);

    /// <summary>The life without failures, for each store with and without Orleans.</summary>
    private static readonly ConcurrentDictionary<
        (StoreKind, bool),
        Lazy<Task<(IReadOnlyList<string> Record, IReadOnlyList<string> Answers, IReadOnlyList<string> Calls)>>>
        Undisturbed = new();

    /// <summary>
    /// Every call that can fail this way, but only every fifth heartbeat, because they are all alike. A read that fails never reaches the store, so one store
    /// tests it.
    /// </summary>
    private List<(int At, string Name)> Sites(IReadOnlyList<string> calls, Mishap kind) =>
        [.. calls.Index().Where(c => CanHappen(kind, c.Item) && (c.Item != "alive" || c.Index % 5 == 0)).Select(c => (c.Index + 1, c.Item))];

    private bool CanHappen(Mishap kind, string call) => kind switch
    {
        Mishap.Conflicts => call is "commit" or "delete",
        Mishap.Refuses => call == "commit",
        // For a read this is the same as a failed read.
        Mishap.AnswerLost => IsWrite(call),
        _ => IsWrite(call) || Store == StoreKind.Sqlite,
    };

    private static bool IsWrite(string call) =>
        call is "commit" or "delete" or "alive" or "gone" or "leave" or "audit" || call.StartsWith("write ", StringComparison.Ordinal);

    /// <summary>All lines except the ends that were stored without their payloads.</summary>
    private static List<string> Comparable(IReadOnlyList<string> record, HashSet<string> without) =>
        [.. record.Where(line => !without.Any(id => line == $"{id} {Life.Reduced}" || line.StartsWith($"{id} {Life.Full}", StringComparison.Ordinal)))];

    private async Task<(IReadOnlyList<string> Record, IReadOnlyList<string> Answers, IReadOnlyList<string> Calls)> Lived(int? at, Mishap kind)
    {
        await using var w = await World.OpenAsync(Store, onActors: onActors);
        w.Mishaps.Plan(at, kind);
        var life = new Life(w);
        await life.Live();
        var calls = w.Mishaps.Calls;
        Assert.Equal(at is not null, w.Mishaps.HasHappened);
        w.Mishaps.Plan(null, kind);
        return (await life.Record(), life.Answers, calls);
    }
}
