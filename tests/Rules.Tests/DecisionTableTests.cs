using System.Text.Json;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Every status × every command, with the result of <see cref="ExecutionRules.Decide"/>.</summary>
public sealed class DecisionTableTests
{
    // A status: the command was applied and led to it. «+»: applied, the status stays. «=»: duplicate, nothing changes. A code: rejected with it. Every
    // execution except the pending one belongs, or belonged, to worker-1; «ended» stands for succeeded, failed, crashed, killed and exception.
    private const string Table = """
        command                            | nobody             | pending            | claimed            | running            | paused             | ended              | cancelled          | lost
        create                             | pending            | =                  | =                  | =                  | =                  | =                  | =                  | =
        create, of another workflow        | pending            | conflict           | conflict           | conflict           | conflict           | conflict           | conflict           | conflict
        create, started by worker-1        | running            | running            | running            | =                  | =                  | already_finished   | already_finished   | already_finished
        create, started by worker-2        | running            | running            | already_claimed    | already_claimed    | +                  | already_finished   | already_finished   | already_finished
        claim, by worker-1                 | unknown_execution  | claimed            | =                  | =                  | =                  | already_finished   | already_finished   | already_finished
        claim, by worker-2                 | unknown_execution  | claimed            | already_claimed    | already_claimed    | +                  | already_finished   | already_finished   | already_finished
        execution.started, by nobody       | running            | running            | running            | =                  | =                  | late               | late               | late
        execution.started, by worker-1     | running            | running            | running            | =                  | =                  | late               | late               | late
        execution.started, by worker-2     | running            | running            | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch
        execution.paused                   | paused             | paused             | paused             | paused             | =                  | late               | late               | late
        execution.resumed                  | running            | running            | running            | +                  | running            | late               | late               | late
        execution.completed, success       | succeeded          | succeeded          | succeeded          | succeeded          | succeeded          | late               | late               | late
        execution.completed, fail          | failed             | failed             | failed             | failed             | failed             | late               | late               | late
        execution.completed, crash         | crashed            | crashed            | crashed            | crashed            | crashed            | late               | late               | late
        execution.completed, kill          | killed             | killed             | killed             | killed             | killed             | late               | late               | late
        execution.completed, exception     | exception          | exception          | exception          | exception          | exception          | late               | late               | late
        execution.completed, cancel        | cancelled          | cancelled          | cancelled          | cancelled          | cancelled          | late               | late               | late
        step.started                       | running            | running            | running            | +                  | +                  | late               | late               | late
        step.completed                     | running            | running            | running            | +                  | +                  | late               | late               | late
        log                                | pending            | +                  | +                  | +                  | +                  | late               | late               | late
        heartbeat                          | pending            | +                  | +                  | +                  | +                  | late               | late               | late
        unreadable                         | invalid_event      | invalid_event      | invalid_event      | invalid_event      | invalid_event      | invalid_event      | invalid_event      | invalid_event
        log, of the next epoch             | invalid_transition | invalid_transition | invalid_transition | invalid_transition | invalid_transition | invalid_transition | invalid_transition | invalid_transition
        log, of the epoch before           | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch        | stale_epoch
        complete_without_payloads, success | succeeded          | succeeded          | succeeded          | succeeded          | succeeded          | late               | late               | late
        complete_without_payloads, fail    | failed             | failed             | failed             | failed             | failed             | late               | late               | late
        cancel                             | unknown_execution  | cancelled          | +                  | +                  | cancelled          | already_finished   | =                  | already_finished
        resolve                            | unknown_execution  | not_lost           | not_lost           | not_lost           | not_lost           | not_lost           | not_lost           | +
        requeue                            | unknown_execution  | not_requeueable    | not_requeueable    | not_requeueable    | not_requeueable    | not_requeueable    | not_requeueable    | pending
        requeue, an attempt is left        | unknown_execution  | not_requeueable    | not_requeueable    | not_requeueable    | not_requeueable    | pending            | pending            | pending
        delete                             | unknown_execution  | not_finished       | not_finished       | not_finished       | not_finished       | +                  | +                  | +
        delete, under a legal hold         | unknown_execution  | not_finished       | not_finished       | not_finished       | not_finished       | legal_hold         | legal_hold         | legal_hold
        fence                              | unknown_execution  | +                  | pending            | pending            | +                  | =                  | =                  | =
        fence, under a cancel              | unknown_execution  | =                  | cancelled          | cancelled          | =                  | =                  | =                  | =
        fence, to where it is              | unknown_execution  | =                  | =                  | =                  | =                  | =                  | =                  | =
        check_deadlines                    | unknown_execution  | =                  | =                  | =                  | =                  | =                  | =                  | =
        check_deadlines, after silence     | unknown_execution  | =                  | pending            | lost               | =                  | =                  | =                  | =
        check_deadlines, past the timeout  | unknown_execution  | =                  | =                  | killed             | =                  | =                  | =                  | =
        """;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(71);

    private static readonly Dictionary<string, ExecutionFacts> Facts = new()
    {
        ["requeue, an attempt is left"] = new() { Workflow = "import", MaxAttempts = 2 },
        ["delete, under a legal hold"] = new() { Workflow = "import", Labels = new() { ["legal-hold"] = "case 7" } },
        ["check_deadlines, past the timeout"] = new() { Workflow = "import", TimeoutSeconds = 50 },
    };

    private static readonly Dictionary<string, Func<World, Decision>> Commands = new()
    {
        ["create"] = w => w.Create(),
        ["create, of another workflow"] = w => w.Create(facts: new() { Workflow = "export" }),
        ["create, started by worker-1"] = w => w.Create(W1),
        ["create, started by worker-2"] = w => w.Create(W2),
        ["claim, by worker-1"] = w => w.Claim(W1),
        ["claim, by worker-2"] = w => w.Claim(W2),
        ["execution.started, by nobody"] = w => w.Report(Start()),
        ["execution.started, by worker-1"] = w => w.Report(Start(W1)),
        ["execution.started, by worker-2"] = w => w.Report(Start(W2)),
        ["execution.paused"] = w => w.Report(new ExecutionEvent.ExecutionPaused()),
        ["execution.resumed"] = w => w.Report(new ExecutionEvent.ExecutionResumed()),
        ["execution.completed, success"] = w => w.Report(End(Outcome.Success)),
        ["execution.completed, fail"] = w => w.Report(End(Outcome.Fail)),
        ["execution.completed, crash"] = w => w.Report(End(Outcome.Crash)),
        ["execution.completed, kill"] = w => w.Report(End(Outcome.Kill)),
        ["execution.completed, exception"] = w => w.Report(End(Outcome.Exception)),
        ["execution.completed, cancel"] = w => w.Report(End(Outcome.Cancel)),
        ["step.started"] = w => w.Report(StepStart("s1")),
        ["step.completed"] = w => w.Report(StepEnd("s1")),
        ["log"] = w => w.Report(new ExecutionEvent.Log { Message = "m" }),
        ["heartbeat"] = w => w.Beat(),
        ["unreadable"] = w => w.Report(new ExecutionEvent.Unreadable { Code = Code.InvalidEvent, Message = "m", ClaimedType = "log" }),
        ["log, of the next epoch"] = w => w.Report(new ExecutionEvent.Log { Message = "m" }, epoch: 2),
        ["log, of the epoch before"] = w => w.Report(new ExecutionEvent.Log { Message = "m" }, epoch: 0),
        ["complete_without_payloads, success"] = w => w.Do(CompleteWithoutPayloads(Outcome.Success)),
        ["complete_without_payloads, fail"] = w => w.Do(CompleteWithoutPayloads(Outcome.Fail)),
        ["cancel"] = w => w.Cancel(),
        ["resolve"] = w => w.Do(new Command.Resolve(Resolution.Recovered, "seen", "ops")),
        ["requeue"] = w => w.Requeue(),
        ["requeue, an attempt is left"] = w => w.Requeue(),
        ["delete"] = w => w.Do(new Command.Delete("ops")),
        ["delete, under a legal hold"] = w => w.Do(new Command.Delete("ops")),
        ["fence"] = w => w.Fence(1_000),
        ["fence, under a cancel"] = FenceUnderCancel,
        ["fence, to where it is"] = w => w.Fence(1),
        ["check_deadlines"] = w => w.Judge(),
        ["check_deadlines, after silence"] = w => w.Judge(Silence),
        ["check_deadlines, past the timeout"] = JudgeWhileItBeats,
    };

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        var rows = Rows();
        foreach (var row in rows[1..])
        {
            foreach (var (heading, expected) in rows[0].Zip(row).Skip(1))
            {
                foreach (var status in Statuses(heading))
                {
                    cells.Add(status, row[0], expected);
                }
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_decision_is_as_in_the_table(string status, string command, string expected)
    {
        var world = new World();
        Reach(world, status, Facts.GetValueOrDefault(command));
        Assert.Equal(status, world.State?.Status.Word() ?? "nobody");

        var decision = Commands[command](world);

        Assert.Equal(expected, Cell(status, decision));
    }

    [Fact]
    public void The_table_has_a_column_for_every_status_and_a_row_for_every_command_and_every_event()
    {
        var rows = Rows();
        var commands = typeof(Command).GetNestedTypes().Select(t => Word(t.Name)).Except(["apply_event"]);
        var events = typeof(ExecutionEvent).GetNestedTypes().Select(t => Word(t.Name).Replace('_', '.'));

        Assert.Equal(Enum.GetValues<ExecutionStatus>().Select(s => s.Word()).Append("nobody").Order(), rows[0][1..].SelectMany(Statuses).Order());
        Assert.Equal(commands.Concat(events).Order(), rows[1..].Select(r => r[0].Split(',')[0]).Distinct().Order());
        Assert.Equal(Commands.Keys.Order(), rows[1..].Select(r => r[0]).Order());
    }

    private static void Reach(World world, string status, ExecutionFacts? facts)
    {
        if (status is "nobody")
        {
            return;
        }

        world.Create(status is "pending" or "claimed" ? null : W1, facts);
        _ = status switch
        {
            "claimed" => world.Claim(W1),
            "paused" => world.Report(new ExecutionEvent.ExecutionPaused()),
            "succeeded" => world.Report(End()),
            "failed" => world.Report(End(Outcome.Fail)),
            "crashed" => world.Report(End(Outcome.Crash)),
            "killed" => world.Report(End(Outcome.Kill)),
            "exception" => world.Report(End(Outcome.Exception)),
            "cancelled" => world.Report(End(Outcome.Cancel)),
            "lost" => world.Judge(Silence),
            _ => null,
        };
    }

    /// <summary>The worker reports for 91 s, past a timeout of 50 s and its grace.</summary>
    private static Decision JudgeWhileItBeats(World world)
    {
        if (world.State is not null)
        {
            world.Now += TimeSpan.FromSeconds(40);
            world.Beat();
        }

        return world.Judge(TimeSpan.FromSeconds(51));
    }

    private static Decision FenceUnderCancel(World world)
    {
        if (world.State is not null)
        {
            world.Cancel();
        }

        return world.Fence(1_000);
    }

    private static string Cell(string before, Decision decision) => decision.Result switch
    {
        Result.Applied when decision.State!.Status.Word() == before => "+",
        Result.Applied => decision.State!.Status.Word(),
        Result.Duplicate => "=",
        Result.Late => "late",
        _ => decision.Code!.Value.Word(),
    };

    private static Command.CompleteWithoutPayloads CompleteWithoutPayloads(Outcome outcome) =>
        new(End(outcome) with { EventId = "reduced" }, 1, [1], "tests", "default", "too large");

    private static string[][] Rows() =>
        [.. Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries))];

    private static string[] Statuses(string heading) => heading is "ended" ? ["succeeded", "failed", "crashed", "killed", "exception"] : [heading];

    private static string Word(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
