using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A commit queue with room for one append, over a store whose commits wait.</summary>
public sealed class OverloadTests(OverloadTests.Silo silo) : IClassFixture<OverloadTests.Silo>
{
    [Fact]
    public async Task With_a_full_commit_queue_every_writing_call_is_answered_429()
    {
        var (running, _) = await silo.Running();
        var pending = await silo.Pending();

        await using (await silo.FillAsync())
        {
            ComeAgain(await silo.Post("/v1/executions", """{"workflow":"w"}"""));
            ComeAgain(await silo.Post($"/v1/executions/{pending}/claim", """{"workerId":"w1"}"""));
            ComeAgain(await silo.Post($"/v1/executions/{pending}/cancel", "{}"));
            ComeAgain(await silo.Report(running, """{"eventId":"1","type":"log","message":"m"}"""));
            ComeAgain(await silo.Report("nobody-yet", """{"eventId":"1","type":"log","message":"m"}"""));
            ComeAgain(await silo.Post(
                "/v1/events",
                $$"""[{"executionId":"{{running}}","eventId":"1","type":"log","message":"m"},"""
                + """{"executionId":"other","eventId":"1","type":"log","message":"m"}]"""));
        }

        Got.Same(["applied"], (await silo.Report(running, """{"eventId":"1","type":"log","message":"m"}""")).Is(200).Words("results", "result"));
        (await silo.Get("/v1/executions/nobody-yet")).IsProblem(404, "unknown_execution");
    }

    [Fact]
    public async Task Events_that_need_no_write_are_handled_and_the_others_are_answered_retry()
    {
        var (beating, _) = await silo.Running();
        var (other, _) = await silo.Running();

        await using (await silo.FillAsync())
        {
            var got = await silo.Post("/v1/events", $$"""
                [{"executionId":"{{other}}","eventId":"1","type":"log","message":"m"},{"executionId":"{{beating}}","type":"heartbeat"}]
                """);

            Got.Same(["retry", "applied"], got.Is(200).Words("results", "result"));
            Got.Same(["overloaded", null], got.Words("results", "code"));
            (await silo.Report(beating, """{"type":"heartbeat"}""")).Is(200);
        }
    }

    private static void ComeAgain(Got got)
    {
        got.IsProblem(429, "overloaded");
        Assert.Equal(TimeSpan.FromSeconds(1), got.Response.Headers.RetryAfter?.Delta);
    }

    public sealed class Silo : SiloFixture
    {
        /// <summary>Fills the queue until it is disposed: one append is in the transaction and one waits.</summary>
        internal async Task<IAsyncDisposable> FillAsync()
        {
            var store = App.Services.GetRequiredService<FaultyStore>();
            while (store.Arrived.Wait(0))
            {
            }

            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            store.Gate = gate.Task;
            var inTransaction = Create();
            await store.Arrived.WaitAsync();

            // One of the two gets the only place; the refusal of the other shows that the place is taken.
            Task<Got>[] both = [Create(), Create()];
            var refused = await Task.WhenAny(both);
            (await refused).IsProblem(429, "overloaded");
            return new Filled(store, gate, [inTransaction, both.Single(t => t != refused)]);
        }

        protected override void Compose(IServiceCollection services) =>
            services.AddSingleton(provider => new FaultyStore(provider.GetRequiredService<SqliteStore>()))
                .AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<FaultyStore>())
                .AddSingleton(new CommitQueueOptions { QueuedMax = 1 });

        private Task<Got> Create() => Post("/v1/executions", """{"workflow":"w"}""");

        private sealed class Filled(FaultyStore store, TaskCompletionSource gate, Task<Got>[] held) : IAsyncDisposable
        {
            public async ValueTask DisposeAsync()
            {
                store.Gate = Task.CompletedTask;
                gate.SetResult();
                Assert.All(await Task.WhenAll(held), got => got.Is(201));
            }
        }
    }
}
