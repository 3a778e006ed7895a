using System.Diagnostics;
using ExecutionGrains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;

// Event appends per second through the commit queue: 256 executions, one history row each, against one transaction per event.
var directory = Directory.CreateTempSubdirectory("storage-bench-").FullName;
var seconds = args is [var s, ..] ? int.Parse(s) : 5;
try
{
    await using var store = new SqliteStore(new() { Path = Path.Combine(directory, "bench.sqlite") });
    await store.MigrateAsync(CancellationToken.None);
    var described = await store.DescribeAsync(CancellationToken.None);
    Console.WriteLine($"{described.Kind} {described.EngineVersion}");
    Console.WriteLine($"| {"1 execution (a transaction per event)",-40} | {await Measure(store, 1, "one"),8:N0}/s |");
    Console.WriteLine($"| {"256 executions (group commit)",-40} | {await Measure(store, 256, "many"),8:N0}/s |");
}
finally
{
    Directory.Delete(directory, recursive: true);
}

async Task<double> Measure(SqliteStore store, int executions, string prefix)
{
    await using var queue = new CommitQueue(store);
    var clock = Stopwatch.StartNew();
    var counts = await Task.WhenAll(Enumerable.Range(0, executions).Select(i => Task.Run(() => Drive(queue, clock, $"{prefix}-{i:000}"))));
    return counts.Sum() / clock.Elapsed.TotalSeconds;
}

async Task<long> Drive(CommitQueue queue, Stopwatch clock, string id)
{
    var now = DateTimeOffset.UtcNow;
    var state = new ExecutionState
    {
        Id = new(id), Namespace = "default", CreatedBy = "bench", CreatedAt = now, Status = ExecutionStatus.Running, StartedAt = now,
        Worker = new("worker-1", "1"), Facts = new() { Workflow = "etl" }, LastContactAt = now, LeaseExpiresAt = now.AddMinutes(1),
        LastStarted = new("step-1", "extract", "http", now, now, null, null), StepCount = 1,
    };
    long version = 0;
    while (clock.Elapsed.TotalSeconds < seconds)
    {
        var eventId = $"event-{version:000000}";
        var next = state with { Revision = version + 1, HistorySequence = version + 1 };
        var outcome = await queue.SubmitAsync(new()
        {
            State = next, BaseRevision = version, DueAt = now.AddMinutes(1), CommitId = version, NewEvents = [eventId],
            Effects = [new Effect.History(version + 1, now, now, 1, "log", eventId, Result.Applied, null, new byte[16], true, "{\"level\":\"info\"}"u8.ToArray())],
        });
        if (outcome is not AppendOutcome.Committed)
        {
            throw new InvalidOperationException(outcome.ToString());
        }

        version++;
    }

    return version;
}
