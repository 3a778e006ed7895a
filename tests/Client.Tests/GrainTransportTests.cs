using ExecutionGrains.GrainInterfaces;
using Xunit;

namespace ExecutionGrains.Client.Tests;

public sealed class GrainTransportTests
{
    private static readonly ExecutionId Execution = new("e-1");
    private static readonly CommandAnswer Running = new() { Result = Result.Applied, Status = ExecutionStatus.Running, Epoch = 3, Claimed = true };

    [Fact]
    public async Task A_create_calls_the_grain_and_returns_its_epoch()
    {
        var transport = new GrainTransport(_ => new AnsweringGrain(Running, new()));
        var grant = await transport.CreateAsync(Execution, new() { Facts = ExecutionFacts.None }, default);
        Assert.Equal((3, ExecutionStatus.Running, null), (grant.Epoch, grant.Status, grant.Token));
    }

    [Theory]
    [InlineData(Code.AlreadyClaimed, false)]
    [InlineData(Code.StoreUnavailable, true)]
    [InlineData(Code.Overloaded, true)]
    public async Task A_refusal_is_thrown_with_its_code(Code code, bool transient)
    {
        var transport = new GrainTransport(_ => new AnsweringGrain(Running with { Result = Result.Rejected, Code = code }, new() { Refused = code }));
        var claim = await Assert.ThrowsAsync<TrackerException>(() => transport.ClaimAsync(Execution, new("w", null), default));
        var report = await Assert.ThrowsAsync<TrackerException>(() => transport.ReportAsync(Execution, new(1, []), null, default));
        Assert.Equal((code.Word(), transient), (claim.Code, claim.Transient));
        Assert.Equal((code.Word(), transient), (report.Code, report.Transient));
    }

    [Fact]
    public async Task A_refusal_by_the_grain_is_not_a_transport_failure()
    {
        var transport = new GrainTransport(
            _ => new AnsweringGrain(Running, new()) { Fault = new ArgumentException("workerId: must be 1 to 256 characters, was 0") });
        var claim = await Assert.ThrowsAsync<TrackerException>(() => transport.ClaimAsync(Execution, new("", null), default));
        Assert.Equal(("invalid_request", false), (claim.Code, claim.Transient));
        Assert.Contains("workerId", claim.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D82_A_claims_lease_is_measured_by_the_grains_clock_alone()
    {
        var claimedAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var transport = new GrainTransport(_ => new AnsweringGrain(Running, new()) { View = new(claimedAt, claimedAt.AddSeconds(3), null) });
        Assert.Equal(TimeSpan.FromSeconds(3), (await transport.ClaimAsync(Execution, new("w", null), default)).Lease);
        var silent = new GrainTransport(_ => new AnsweringGrain(Running, new()));
        Assert.Null((await silent.ClaimAsync(Execution, new("w", null), default)).Lease);
    }

    private sealed class AnsweringGrain(CommandAnswer command, ReportAnswer report) : IExecutionGrain
    {
        public Exception? Fault { get; init; }

        public Task<CommandAnswer> Create(CreateExecution create, Caller caller) => Task.FromResult(command);

        public Task<CommandAnswer> Claim(Worker worker, Caller caller) => Fault is null ? Task.FromResult(command) : Task.FromException<CommandAnswer>(Fault);

        public Task<ReportAnswer> Report(EventReport events, Caller caller) => Task.FromResult(report);

        public Task<CommandAnswer> Cancel(string? reason, Caller caller) => throw new NotSupportedException();

        public Task<CommandAnswer> Resolve(Resolution resolution, string? reason, Caller caller) => throw new NotSupportedException();

        public Task<CommandAnswer> Requeue(string? reason, Caller caller) => throw new NotSupportedException();

        public Task<CommandAnswer> Delete(Caller caller) => throw new NotSupportedException();

        public Task<bool> Judge() => throw new NotSupportedException();

        public LivenessView? View { get; init; }

        public Task<LivenessView?> Liveness() => View is null ? throw new NotSupportedException() : Task.FromResult<LivenessView?>(View);
    }
}
