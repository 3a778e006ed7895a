using System.Diagnostics;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains;

/// <summary>
/// One execution: queues calls and decides them in order. At most one commit is in flight; calls that arrive meanwhile are queued and form the next append.
/// Not thread-safe: every call and every continuation must run on one exclusive task scheduler, such as a grain's.
/// </summary>
/// <remarks>
/// An actor holds no timer and needs no disposal. Dropping it between calls loses two things: lease extensions that were not stored, for which the next load
/// adds half a lease of grace, and the time of the last contact that could not be stored.
/// </remarks>
public sealed partial class ExecutionActor(ExecutionId id, IExecutionStore store, ICommitQueue queue, GrainServices services)
{
    private readonly Queue<PendingCall> _pending = new();
    private int _pendingCommands;
    private bool _isTakingTurns;

    /// <inheritdoc cref="IExecutionGrain.Create"/>
    public Task<CommandAnswer> CreateAsync(CreateExecution create, Caller caller)
    {
        FieldValidation.ThrowIfInvalid(create.Facts, create.Start);
        var facts = caller.ExplicitTrace ? create.Facts with { ExplicitTrace = create.Facts.ExplicitTrace ?? true } : create.Facts;
        return EnqueueAsync(
            caller,
            CallAnswers.OfCommand,
            new Command.Create(facts, create.Start, create.StartAt, caller.Name, caller.DefaultNamespace) { KeyId = caller.KeyId });
    }

    /// <inheritdoc cref="IExecutionGrain.Claim"/>
    public Task<CommandAnswer> ClaimAsync(Worker worker, Caller caller)
    {
        FieldValidation.ThrowIfInvalid(worker);
        return EnqueueAsync(caller, CallAnswers.OfCommand, new Command.Claim(worker, caller.Name) { KeyId = caller.KeyId });
    }

    /// <inheritdoc cref="IExecutionGrain.Cancel"/>
    public Task<CommandAnswer> CancelAsync(string? reason, Caller caller) =>
        EnqueueAsync(caller, CallAnswers.OfCommand, new Command.Cancel(FieldValidation.NormalizeNote(reason), caller.Name) { Caller = Audited(caller) });

    /// <inheritdoc cref="IExecutionGrain.Resolve"/>
    public Task<CommandAnswer> ResolveAsync(Resolution resolution, string? reason, Caller caller) =>
        EnqueueAsync(
            caller,
            CallAnswers.OfCommand,
            new Command.Resolve(resolution, FieldValidation.NormalizeNote(reason), caller.Name) { Caller = Audited(caller) });

    /// <inheritdoc cref="IExecutionGrain.Requeue"/>
    public Task<CommandAnswer> RequeueAsync(string? reason, Caller caller) =>
        EnqueueAsync(caller, CallAnswers.OfCommand, new Command.Requeue(FieldValidation.NormalizeNote(reason), caller.Name) { Caller = Audited(caller) });

    /// <inheritdoc cref="IExecutionGrain.Delete"/>
    public Task<CommandAnswer> DeleteAsync(Caller caller) =>
        EnqueueAsync(caller, CallAnswers.OfCommand, new Command.Delete(caller.Name) { Caller = Audited(caller) });

    /// <inheritdoc cref="IExecutionGrain.Judge"/>
    public Task<bool> JudgeAsync()
    {
        var now = services.Clock.Now;
        if (!services.Liveness.MayJudge(now))
        {
            return Task.FromResult(false);
        }

        var (outages, until) = services.Liveness.KnownAt(now);
        return EnqueueAsync(Caller.Local, CallAnswers.OfJudgement, new Command.CheckDeadlines(outages, store.IsShared, until));
    }

    /// <inheritdoc cref="IExecutionGrain.Report"/>
    public Task<ReportAnswer> ReportAsync(EventReport report, Caller caller)
    {
        var commands = new Command[report.Events.Length];
        for (var i = 0; i < commands.Length; i++)
        {
            var @event = FieldValidation.Normalize(report.Events[i]);
            var hash = @event is ExecutionEvent.Heartbeat or ExecutionEvent.Unreadable ? null : services.Hasher.Hash(@event);
            var epoch = report.Epochs?[i] ?? report.Epoch ?? 1;
            commands[i] = new Command.ApplyEvent(@event, epoch, hash, caller.Name, caller.DefaultNamespace, caller.ExplicitTrace)
            {
                TokenEpoch = report.TokenEpoch,
                KeyId = caller.KeyId,
            };
        }

        return EnqueueAsync(caller, CallAnswers.OfReport, commands);
    }

    /// <inheritdoc cref="IExecutionGrain.Liveness"/>
    public Task<LivenessView?> LivenessAsync() => EnqueueAsync(Caller.Local, CallAnswers.OfLiveness);

    /// <param name="answer">Builds the answer. Runs at the end of the turn that decided the call.</param>
    private Task<TAnswer> EnqueueAsync<TAnswer>(Caller caller, Func<Answers, GrainServices, TAnswer> answer, params Command[] commands)
    {
        FieldValidation.ThrowIfInvalid(caller);
        var call = new PendingCall<TAnswer>(commands, caller, services, answer);
        if (_pendingCommands > services.CommandsWaitingMax)
        {
            call.Refuse(null, Code.Overloaded);
            return call.Done;
        }

        _pending.Enqueue(call);
        _pendingCommands += commands.Length;
        if (!_isTakingTurns)
        {
            _isTakingTurns = true;
            _ = TakeTurnsAsync();
        }

        return call.Done;
    }

    private async Task TakeTurnsAsync()
    {
        while (_pending.Count > 0)
        {
            var calls = NextCalls();
            Trace(calls);
            try
            {
                await (IsDeletion(calls[0]) ? TakeDeletionAsync(calls) : TakeTurnAsync(calls, reduce: null));
            }
            catch (Exception e)
            {
                Fail(calls, e);
            }
        }

        _isTakingTurns = false;
    }

    /// <summary>
    /// Sets the turn's activity to that of its first recorded call. Otherwise every turn would belong to the trace of the call that started the loop.
    /// </summary>
    private static void Trace(List<PendingCall> calls)
    {
        try
        {
            Activity.Current = (calls.Find(call => call.Activity is { Recorded: true }) ?? calls[0]).Activity;
        }
        catch (Exception)
        {
            // A subscriber of Activity.CurrentChanged threw. It must not fail the turn.
        }
    }

    private static bool IsDeletion(PendingCall call) => call.Commands is [Command.Delete];

    /// <summary>Dequeues whole calls for one append of at most CommandsInAppendMax commands. A deletion gets a turn of its own.</summary>
    private List<PendingCall> NextCalls()
    {
        var calls = new List<PendingCall>(_pending.Count);
        var commands = 0;
        while (_pending.TryPeek(out var next)
            && (calls.Count == 0 || (commands + next.Commands.Length <= services.CommandsInAppendMax && !IsDeletion(calls[0]) && !IsDeletion(next))))
        {
            calls.Add(_pending.Dequeue());
            commands += next.Commands.Length;
        }

        _pendingCommands -= commands;
        return calls;
    }

    private static AuditCaller Audited(Caller caller) =>
        new(caller.KeyName ?? caller.Name, caller.KeyId, caller.KeyName, caller.Claims, caller.Address, caller.TraceId);
}
