using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>Builds the answer of each kind of call from its verdicts, once they are durable.</summary>
internal static class CallAnswers
{
    public static CommandAnswer OfCommand(Answers answers, GrainServices _)
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

    public static bool OfJudgement(Answers answers, GrainServices _) => answers.Refused is null && answers.Verdicts[0].Result == Result.Applied;

    public static LivenessView? OfLiveness(Answers answers, GrainServices _) =>
        answers.State is { } state ? new LivenessView(state.LastContactAt, state.LeaseExpiresAt, state.Progress) : null;

    public static ReportAnswer OfReport(Answers answers, GrainServices services)
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
            var command = (Command.ApplyEvent)answers.Commands[i];
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
