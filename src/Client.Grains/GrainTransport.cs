using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Client;

/// <summary>Transport over the grain interface, for workers in a silo's process or with an Orleans client.</summary>
/// <param name="grain">Returns the grain of an execution; usually <c>id => grains.GetGrain&lt;IExecutionGrain&gt;(id.Value)</c>.</param>
/// <param name="caller">Caller that the tracker records. Default <see cref="Caller.Local"/>.</param>
public sealed class GrainTransport(Func<ExecutionId, IExecutionGrain> grain, Caller? caller = null) : ITransport
{
    /// <summary>The error code that the HTTP API uses for the same mistake.</summary>
    private const string InvalidRequestCode = "invalid_request";

    private readonly Caller _caller = caller ?? Caller.Local;

    public async Task<ExecutionGrant> CreateAsync(ExecutionId execution, CreateExecution create, CancellationToken cancellationToken) =>
        Grant(await CallAsync(grain(execution).Create(create, _caller), cancellationToken).ConfigureAwait(false));

    public async Task<ExecutionGrant> ClaimAsync(ExecutionId execution, Worker worker, CancellationToken cancellationToken)
    {
        var grant = Grant(await CallAsync(grain(execution).Claim(worker, _caller), cancellationToken).ConfigureAwait(false));
        return grant with { Lease = await LeaseAsync(execution, cancellationToken).ConfigureAwait(false) };
    }

    public async Task<ReportReply> ReportAsync(ExecutionId execution, EventReport report, string? token, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(grain(execution).Report(report, _caller), cancellationToken).ConfigureAwait(false);
        return answer.Refused is { } code ? throw Refusal(code, null) : new ReportReply(answer);
    }

    /// <summary>
    /// Duration of the lease: from the last contact, which was the claim, to its expiry, both by the tracker's clock. Null if it cannot be read.
    /// </summary>
    private async Task<TimeSpan?> LeaseAsync(ExecutionId execution, CancellationToken cancellationToken)
    {
        try
        {
            var liveness = await grain(execution).Liveness().WaitAsync(cancellationToken).ConfigureAwait(false);
            return liveness?.LeaseExpiresAt - liveness?.LastContactAt;
        }
        catch (Exception)
        {
            // The claim was granted. A failure to read the lease must not fail it.
            return null;
        }
    }

    private static async Task<TAnswer> CallAsync<TAnswer>(Task<TAnswer> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException mistake)
        {
            throw new TrackerException($"The tracker refuses the request as invalid: {mistake.Message}", mistake) { Code = InvalidRequestCode };
        }
        catch (Exception away) when (GrainFaults.IsAway(away))
        {
            throw new TrackerException($"The execution's silo did not answer: {away.Message}", away) { Code = Code.StoreUnavailable.Word(), Transient = true };
        }
    }

    private static ExecutionGrant Grant(CommandAnswer answer) => answer switch
    {
        { Code: { } code } => throw Refusal(code, answer.Message),
        { Result: Result.Rejected or Result.Retry } => throw Refusal(answer.Result == Result.Retry ? Code.StoreUnavailable : Code.Conflict, answer.Message),
        _ => new ExecutionGrant
        {
            Result = answer.Result,
            Status = answer.Status,
            Version = answer.Version,
            Epoch = answer.Epoch,
            LeaseExpiresAt = answer.LeaseExpiresAt,
        },
    };

    private static TrackerException Refusal(Code code, string? message) => new($"{code.Word()}: {message ?? "refused"}")
    {
        Code = code.Word(),
        Transient = code is Code.StoreUnavailable or Code.Overloaded,
    };
}
