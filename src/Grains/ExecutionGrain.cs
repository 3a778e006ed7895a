using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using Orleans;

namespace ExecutionGrains.Grains;

/// <summary>
/// One execution. Commands interleave; one commit is in flight; what arrives meanwhile waits undecided and is decided together, in order, against the adopted state, as the next append.
/// </summary>
public sealed class ExecutionGrain(IExecutionStore store, ICommitQueue queue, GrainServices services) : Grain, IExecutionGrain
{
    private readonly Queue<Waiting> _waiting = new();
    private int _commandsWaiting;
    private bool _turning;
    private Turn? _turn;

    public Task<CommandAnswer> Create(CreateExecution create, Caller caller)
    {
        Bounds.Check(create.Facts, create.Start);
        var facts = caller.ExplicitTrace ? create.Facts with { ExplicitTrace = create.Facts.ExplicitTrace ?? true } : create.Facts;
        return Decided(caller, Answer, new Command.Create(facts, create.Start, create.StartAt, caller.Name, caller.DefaultNamespace));
    }

    public Task<CommandAnswer> Claim(Worker worker, Caller caller)
    {
        Bounds.Check(worker);
        return Decided(caller, Answer, new Command.Claim(worker, caller.Name));
    }

    public Task<CommandAnswer> Cancel(string? reason, Caller caller) =>
        Decided(caller, Answer, new Command.Cancel(Bounds.Note(reason), caller.Name));

    public Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller) =>
        Decided(caller, Answer, new Command.Resolve(resolution, Bounds.Note(reason), caller.Name));

    public Task<CommandAnswer> Requeue(string? reason, Caller caller) =>
        Decided(caller, Answer, new Command.Requeue(Bounds.Note(reason), caller.Name));

    public Task<bool> Judge()
    {
        var now = services.Clock.Now;
        if (!services.Liveness.MayJudge(now))
        {
            return Task.FromResult(false);
        }

        var (outages, until) = services.Liveness.KnownAt(now);
        return Decided(Caller.Local, (answers, _) => answers.Refused is null && answers.Verdicts[0].Result == Result.Applied, new Command.Judge(outages, store.IsShared, until));
    }

    public Task<ReportAnswer> Report(EventReport report, Caller caller)
    {
        var commands = new Command[report.Events.Length];
        for (var i = 0; i < commands.Length; i++)
        {
            var @event = Bounds.Readable(report.Events[i]);
            var hash = @event is ExecutionEvent.Heartbeat or ExecutionEvent.Unreadable ? null : services.Hasher.Hash(@event);
            commands[i] = new Command.Report(@event, report.Epochs?[i] ?? report.Epoch ?? 1, hash, caller.Name, caller.DefaultNamespace, caller.ExplicitTrace)
            {
                TokenEpoch = report.TokenEpoch,
            };
        }

        return Decided(caller, Reported, commands);
    }

    public Task<LivenessView?> Liveness() =>
        Decided(Caller.Local, (answers, _) => answers.State is { } s ? new LivenessView(s.LastContactAt, s.LeaseExpiresAt, s.Progress) : null);

    /// <param name="answer">Makes the answer, within the turn that decided.</param>
    private Task<TAnswer> Decided<TAnswer>(Caller caller, Func<Answers, GrainServices, TAnswer> answer, params Command[] commands)
    {
        Bounds.Check(caller);
        _turn ??= new Turn(new ExecutionId(this.GetPrimaryKeyString()), store, queue, services);
        var call = new Waiting<TAnswer>(commands, caller, services, answer);
        if (_commandsWaiting > services.CommandsWaitingMax)
        {
            call.Refuse(null, Code.Overloaded);
            return call.Done;
        }

        _waiting.Enqueue(call);
        _commandsWaiting += commands.Length;
        if (!_turning)
        {
            _turning = true;
            _ = TakeTurns(_turn);
        }

        return call.Done;
    }

    private async Task TakeTurns(Turn turn)
    {
        while (_waiting.Count > 0)
        {
            var calls = NextCalls();
            try
            {
                await turn.Take(calls);
            }
            catch (Exception e)
            {
                turn.Fail(calls, e);
            }
        }

        _turning = false;
    }

    /// <summary>Whole calls, as long as they make one append of bounded size.</summary>
    private List<Waiting> NextCalls()
    {
        var calls = new List<Waiting>(_waiting.Count);
        var commands = 0;
        while (_waiting.TryPeek(out var next) && (calls.Count == 0 || commands + next.Commands.Length <= services.CommandsInAppendMax))
        {
            calls.Add(_waiting.Dequeue());
            commands += next.Commands.Length;
        }

        _commandsWaiting -= commands;

        return calls;
    }

    private static CommandAnswer Answer(Answers answers, GrainServices _)
    {
        Verdict? decision = answers.Refused is null ? answers.Verdicts[0] : null;
        var state = answers.After;
        return new CommandAnswer
        {
            Result = decision?.Result ?? (answers.Refused is Code.StoreUnavailable or Code.Overloaded ? Result.Retry : Result.Rejected),
            Code = answers.Refused ?? decision?.Code,
            Message = decision?.Message,
            Status = state?.Status ?? ExecutionStatus.Pending,
            PreviousStatus = answers.StatusBefore,
            Version = state?.Version ?? 0,
            Epoch = state?.Epoch ?? 1,
            LeaseExpiresAt = state?.LeaseExpiresAt,
            Claimed = decision?.Claimed ?? false,
            Created = answers.Created,
            Reason = state?.Cancel?.Reason,
            RequestedAt = state?.Cancel?.RequestedAt,
            Namespace = state?.Namespace,
        };
    }

    private static ReportAnswer Reported(Answers answers, GrainServices services)
    {
        if (answers.Refused is { } refused)
        {
            return new ReportAnswer { Refused = refused };
        }

        if (answers.State is not { } s)
        {
            return new ReportAnswer { Refused = Code.UnknownExecution };
        }

        var results = new EventAnswer[answers.Commands.Length];
        var fenced = false;
        for (var i = 0; i < results.Length; i++)
        {
            var d = answers.Verdicts[i];
            var command = (Command.Report)answers.Commands[i];
            fenced |= d.Code == Code.StaleEpoch || ExecutionRules.IsFenced(command, s);
            results[i] = new EventAnswer(command.Event.EventId, d.Result, d.Code, d.Message);
        }

        var stop = fenced || s.IsFinal || (s.Facts.TimeoutSeconds is not null && IsPastTimeout(s, services));
        return new ReportAnswer
        {
            Status = s.Status,
            Version = s.Version,
            Epoch = s.Epoch,
            LeaseExpiresAt = s.LeaseExpiresAt,
            Control = new Control(s.Cancel is not null && !fenced, fenced ? null : s.Cancel?.Reason, stop),
            Results = results,
        };
    }

    private static bool IsPastTimeout(ExecutionState state, GrainServices services)
    {
        var (outages, until) = services.Liveness.KnownAt(services.Clock.Now);
        return Deadlines.IsPastTimeout(state, outages, until);
    }
}
