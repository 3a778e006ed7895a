using System.Text;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Testing;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>
/// The final text of list queries, in files under Golden: each query once, with the lists that run it. <c>GOLDEN=write</c> writes them anew; read the diff.
/// </summary>
internal static class GoldenLists
{
    private static readonly Dictionary<string, ExecutionFilter> Lists = new()
    {
        ["all"] = new(),
        ["one status"] = new() { Status = [ExecutionStatus.Running] },
        ["two statuses"] = new() { Status = [ExecutionStatus.Running, ExecutionStatus.Lost] },
        ["a workflow, two statuses"] = new() { Workflow = ["w"], Status = [ExecutionStatus.Running, ExecutionStatus.Lost] },
        ["a worker, a cause"] = new() { Worker = ["a"], Cause = [Cause.Reported] },
        ["two workers, a cause"] = new() { Worker = ["a", "b"], Cause = [Cause.Reported] },
        ["late"] = new() { Late = true },
        ["started after"] = new() { StartedAfter = T0 },
        ["a status, created before"] = new() { Status = [ExecutionStatus.Running], CreatedBefore = T0.AddDays(1) },
        ["a label"] = new() { Label = [new("k", "v")] },
        ["a label, a worker"] = new() { Label = [new("k", "v")], Worker = ["a"] },
        ["two labels"] = new() { Label = [new("k", "v"), new("l", "w")] },
        ["a label, two statuses"] = new() { Label = [new("k", "v")], Status = [ExecutionStatus.Running, ExecutionStatus.Lost] },
        ["a label, two statuses, a worker"] = new() { Label = [new("k", "v")], Status = [ExecutionStatus.Running, ExecutionStatus.Lost], Worker = ["a"] },
        ["a prefix"] = new() { Prefix = "w" },
        ["sorted by start"] = new() { Sort = ListSort.Started },
        ["sorted by end, a status, a worker"] = new() { Sort = ListSort.Ended, Status = [ExecutionStatus.Succeeded], Worker = ["a"] },
        ["sorted by duration, at least so long"] = new() { Sort = ListSort.Duration, DurationMin = TimeSpan.FromSeconds(1) },
        ["an epoch's status"] = new() { EpochStatus = [ExecutionStatus.Lost] },
    };

    /// <param name="render">The queries of each list, of a store with these executions and this limit of examined rows.</param>
    public static async Task AssertAsync(string file, Func<IReadOnlyList<Append>, int, Task<IReadOnlyList<(string List, string Query)>>> render)
    {
        // With few rows allowed, no filter leads to few executions.
        (string List, string Query)[] all = [.. await render(Executions(), 20_000), .. await render([], 1)];
        var text = new StringBuilder("-- The final text of list queries, and which lists run them. Written by the tests (GOLDEN=write).\n");
        foreach (var query in all.GroupBy(one => one.Query, one => one.List))
        {
            text.Append($"\n-- {string.Join("; ", query.Distinct())}\n{query.Key};\n");
        }

        var path = Repository.File($"tests/Storage.Tests/Golden/{file}");
        if (Environment.GetEnvironmentVariable("GOLDEN") == "write")
        {
            await File.WriteAllTextAsync(path, text.ToString());
        }

        Assert.Equal(await File.ReadAllTextAsync(path), text.ToString());
    }

    public static async Task<List<(string List, string Query)>> RenderAsync(Func<ExecutionFilter, Task<IReadOnlyList<string>>> render)
    {
        List<(string, string)> all = [];
        foreach (var (list, filter) in Lists)
        {
            all.AddRange((await render(filter)).Select(query => (list, Cleaned(query))));
        }

        return all;
    }

    private static Append[] Executions() => [.. Enumerable.Range(0, 5).Select(i =>
    {
        var state = State($"w{i}", "w") with
        {
            Status = ExecutionStatus.Running,
            Worker = new("a", null),
            StartedAt = T0,
            LateCount = 1,
        };
        return First(state with { Facts = state.Facts with { Labels = new() { ["k"] = "v", ["l"] = "w" } } });
    })];

    private static string Cleaned(string query) =>
        string.Join('\n', query.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0));
}
