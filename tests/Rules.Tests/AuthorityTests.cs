using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>
/// Rules 4, 6, 7, 8 and 9 as properties, over two workers and several epochs: the worker of the current epoch is never lost or replaced while it reports, a
/// fenced one changes nothing, and every acknowledged event is on record. Each history is generated from a seed that a failure prints.
/// </summary>
public sealed class AuthorityTests
{
    private const int ActsMax = 40;

    private static readonly int Histories = PropertyRuns.Count(4_000);

    private int _fenced;
    private int _spared;
    private int _lost;

    [Fact]
    public void D27_Only_the_holder_of_the_epoch_changes_the_record_and_while_it_reports_it_is_not_lost()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            Run(seed);
        }

        Assert.True(
            _fenced > Histories && _spared > Histories && _lost > Histories / 10,
            $"{_fenced} fenced reports, {_spared} judgements of a live worker, {_lost} losses.");
    }

    private void Run(int seed)
    {
        var random = new Random(seed);
        var world = new World();
        world.Create(facts: new() { Workflow = "import", HeartbeatTimeoutSeconds = 10 + random.Next(50), TimeoutSeconds = random.Next(4) == 0 ? 300 : null });
        var holder = new Holder(world.S);
        for (var n = 0; n < ActsMax; n++)
        {
            // Mostly a worker reports again within its lease; occasionally all are silent for longer.
            world.Now += TimeSpan.FromSeconds(random.Next(12) == 0 ? 90 : random.Next(15));
            Act(world, random, holder, $"Seed {seed}, act {n}");
        }

        world.HistoryGivesTheState();
    }

    private void Act(World world, Random random, Holder holder, string at)
    {
        var worker = random.Next(2) == 0 ? W1 : W2;
        switch (random.Next(12))
        {
            case 0:
                world.Claim(worker);
                holder.Follow(world);
                break;
            case 1 when random.Next(4) == 0:
                world.Requeue();
                holder.Follow(world);
                break;
            case 2 when random.Next(8) == 0:
                world.Cancel();
                holder.Follow(world);
                break;
            case 3 or 4 or 5:
                Judge(world, holder, at);
                break;
            default:
                Report(world, random, holder, at);
                break;
        }
    }

    private void Judge(World world, Holder holder, string at)
    {
        var before = world.S;
        world.Judge();
        if (before.Status is ExecutionStatus.Claimed or ExecutionStatus.Running && holder.IsHeard(before, world.Now))
        {
            _spared++;
            Assert.True(
                world.S.Epoch == before.Epoch && world.S.Status != ExecutionStatus.Lost,
                $"{at}: a worker that was heard at {holder.HeardAt:HH:mm:ss} is {world.S.Status}.");
        }

        _lost += world.S.Status == ExecutionStatus.Lost && !before.IsFinal ? 1 : 0;
        holder.Follow(world);
    }

    private void Report(World world, Random random, Holder holder, string at)
    {
        var before = world.S;
        var epoch = Math.Max(1, before.Epoch - random.Next(2));
        int? token = random.Next(3) == 0 ? Math.Max(1, before.Epoch - random.Next(2)) : null;
        var e = Event(random, world.Now);
        var effects = world.Effects.Count;
        var answer = world.Report(e, epoch, $"e{random.Next(30)}", tokenEpoch: token);
        var after = world.S;
        var written = world.Effects.Skip(effects).ToList();
        var isOthers = e is ExecutionEvent.ExecutionStarted { Worker: { } sender } && before.Worker is { } owner && sender.WorkerId != owner.WorkerId;
        if (epoch < before.Epoch || token < before.Epoch || isOthers || answer.Code == Code.StaleEpoch)
        {
            _fenced++;
            Assert.True(
                answer.Code == Code.StaleEpoch || answer.Result == Result.Duplicate, $"{at}: {e.Type} of an older epoch or another worker is {answer.Result}.");
            Assert.Equivalent(Uncounted(before), Uncounted(after), strict: true);
            Assert.All(written, effect => Assert.True(effect is Effect.History or Effect.Rejection, $"{at}: a fenced report writes {effect.GetType().Name}."));
        }
        else
        {
            holder.Hear(before, answer, e, world.Now);
            holder.CheckPause(before, answer, e, world, at);
        }

        if (e is not ExecutionEvent.Heartbeat && answer.Result is Result.Applied or Result.Late)
        {
            Assert.True(
                written.OfType<Effect.History>().Any(row => row.Type == e.Type && row.Result == answer.Result && row.TakesEventId),
                $"{at}: {e.Type} is {answer.Result} and not on record.");
            Assert.True(answer.Result == Result.Applied || written.OfType<Effect.Evidence>().Any(), $"{at}: {e.Type} is late and no evidence.");
        }

        holder.Follow(world);
    }

    private static ExecutionEvent Event(Random random, DateTimeOffset now)
    {
        var step = $"s{random.Next(3)}";
        ExecutionEvent e = random.Next(16) switch
        {
            0 => Start(random.Next(2) == 0 ? W1 : W2),
            1 or 2 => StepStart(step),
            3 or 4 => StepEnd(step, (StepOutcome)random.Next(8)),
            5 => new ExecutionEvent.ExecutionPaused(),
            6 => new ExecutionEvent.ExecutionResumed(),
            7 or 8 => new ExecutionEvent.Log { Message = "m" },
            9 when random.Next(4) == 0 => RefusedEnd(),
            10 => Refused("step.completed"),
            11 when random.Next(6) == 0 => End((Outcome)random.Next(6)),
            _ => new ExecutionEvent.Heartbeat { Progress = new(random.Next(100), null) },
        };
        return random.Next(2) == 0 && e is not ExecutionEvent.Unreadable ? e with { At = now.AddSeconds(random.Next(20) - 10) } : e;
    }

    /// <summary>The state without the members that a refusal may change: its counters and sequence numbers.</summary>
    private static ExecutionState Uncounted(ExecutionState state) =>
        state with { RejectedCount = 0, RejectionCount = 0, HistorySequence = 0, Version = 0, Revision = 0 };

    /// <summary>What the test knows of the current epoch's worker, from the answers alone.</summary>
    private sealed class Holder(ExecutionState first)
    {
        private int _epoch = first.Epoch;
        private Worker? _worker;
        private bool _endRefused;
        private DateTimeOffset? _resumedAt;

        public DateTimeOffset? HeardAt { get; private set; }

        /// <summary>Follows the state: a new epoch or worker has not been heard yet.</summary>
        public void Follow(World world)
        {
            _resumedAt = world.S.Epoch == _epoch ? _resumedAt : null;
            if (world.S.Epoch != _epoch || world.S.Worker?.WorkerId != _worker?.WorkerId)
            {
                var isTaken = world.S.Epoch == _epoch && _worker is null && HeardAt == world.Now;
                (_epoch, _worker, _endRefused) = (world.S.Epoch, world.S.Worker, isTaken && _endRefused);
                HeardAt = isTaken ? HeardAt : null;
            }
        }

        /// <summary>Rule 9: after a refused final report only applied and duplicate events count as contacts.</summary>
        public void Hear(ExecutionState before, Decision answer, ExecutionEvent e, DateTimeOffset now)
        {
            if (answer.Result is Result.Applied or Result.Duplicate
                || (answer.Result == Result.Rejected && !_endRefused && answer.Code != Code.InvalidTransition))
            {
                HeardAt = now;
            }

            _endRefused |= !before.IsFinal && answer.Result == Result.Rejected && e.Type == "execution.completed";
        }

        /// <summary>Rule 8: an applied pause pauses, unless an earlier resume that found no pause cancels it.</summary>
        public void CheckPause(ExecutionState before, Decision answer, ExecutionEvent e, World world, string at)
        {
            var isTaken = answer.Result == Result.Applied && !before.IsFinal;
            if (isTaken && e is ExecutionEvent.ExecutionResumed && before.Status != ExecutionStatus.Paused)
            {
                var resumed = e.At ?? world.Now;
                _resumedAt = _resumedAt > resumed ? _resumedAt : resumed;
            }

            if (!isTaken || e is not ExecutionEvent.ExecutionPaused)
            {
                return;
            }

            var isOvertaken = (e.At ?? world.Now) < _resumedAt;
            _resumedAt = isOvertaken ? null : _resumedAt;
            var expected = isOvertaken ? before.Status : before.Cancel is null ? ExecutionStatus.Paused : ExecutionStatus.Cancelled;
            Assert.True(expected == world.S.Status, $"{at}: a pause of {before.Status} gives {world.S.Status}, not {expected}.");
        }

        public bool IsHeard(ExecutionState state, DateTimeOffset now) => state.LeaseTerm is { } term && HeardAt is { } at && now <= at + term;
    }
}
