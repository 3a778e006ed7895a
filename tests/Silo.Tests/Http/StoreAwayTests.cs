using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class StoreAwayTests(StoreAwayTests.Silo silo) : IClassFixture<StoreAwayTests.Silo>
{
    [Fact]
    public async Task While_the_store_is_unavailable_every_writing_call_is_answered_503()
    {
        var (running, _) = await silo.Running();
        var pending = await silo.Pending();

        using (silo.Away())
        {
            ComeAgain(await silo.Post("/v1/executions", """{"workflow":"w"}"""));
            ComeAgain(await silo.Post("/v1/executions", """{"workflow":"w","start":{"workerId":"w1"}}"""));
            ComeAgain(await silo.Post($"/v1/executions/{pending}/claim", """{"workerId":"w1"}"""));
            ComeAgain(await silo.Report(running, """{"eventId":"1","type":"log","message":"m"}"""));
            ComeAgain(await silo.Report("nobody-yet", """{"eventId":"1","type":"log","message":"m"}"""));
            ComeAgain(await silo.Report("nobody-yet", ""));
            ComeAgain(await silo.Post($"/v1/executions/{pending}/cancel", "{}"));
            ComeAgain(await silo.Post(
                "/v1/events",
                $$"""[{"executionId":"{{running}}","eventId":"1","type":"log","message":"m"},"""
                + """{"executionId":"other","eventId":"1","type":"log","message":"m"}]"""));
            ComeAgain(await silo.Get($"/v1/executions/{running}"));
        }

        Got.Same(["applied"], (await silo.Report(running, """{"eventId":"1","type":"log","message":"m"}""")).Is(200).Words("results", "result"));
        (await silo.Post($"/v1/executions/{pending}/claim", """{"workerId":"w1"}""")).Is(200);
    }

    [Fact]
    public async Task If_some_events_were_handled_the_others_are_each_answered_retry()
    {
        var (fine, _) = await silo.Running();
        var (other, _) = await silo.Running();

        using (silo.Away(except: fine))
        {
            var got = await silo.Post("/v1/events", $$"""
                [{"executionId":"{{other}}","eventId":"1","type":"log","message":"m"},
                 {"executionId":"{{fine}}","eventId":"2","type":"log","message":"m"},
                 {"executionId":"{{other}}","eventId":"3","type":"log","message":"m"}]
                """);

            Got.Same(["retry", "applied", "retry"], got.Is(200).Words("results", "result"));
            Got.Same(["store_unavailable", null, "store_unavailable"], got.Words("results", "code"));
            Got.Same(["1", "2", "3"], got.Words("results", "eventId"));
            Assert.Equal([true, false, true], got.Results.Select(r => r.GetProperty("retryable").GetBoolean()));
        }
    }

    [Fact]
    public async Task An_unreadable_event_is_refused_even_while_the_store_is_unavailable()
    {
        var (id, _) = await silo.Running();

        using (silo.Away())
        {
            var got = await silo.Post("/v1/events", $$"""[7,{"executionId":"{{id}}","eventId":"1","type":"log","message":"m"}]""");

            Got.Same(["rejected", "retry"], got.Is(200).Words("results", "result"));
        }
    }

    [Fact]
    public async Task A_silo_without_its_store_is_alive_and_authenticates_callers()
    {
        using (silo.Away())
        {
            (await silo.Get("/health/live")).Is(200);
            (await silo.Get("/v1/executions/x", key: null)).IsProblem(401, "unauthorized");
            (await silo.Post("/v1/executions", "{")).IsProblem(400, "malformed");
        }
    }

    private static void ComeAgain(Got got)
    {
        got.IsProblem(503, "store_unavailable");
        Assert.Equal(TimeSpan.FromSeconds(1), got.Response.Headers.RetryAfter?.Delta);
    }

    public sealed class Silo : SiloFixture
    {
        private FaultyStore Store => App.Services.GetRequiredService<FaultyStore>();

        /// <summary>Makes all appends fail, except those of one execution, until it is disposed.</summary>
        internal IDisposable Away(string? except = null)
        {
            Store.Away = except is null;
            Store.Refuse = append => except is null || append.State.Id.Value == except ? null : "the disk is full";
            return new Back(Store);
        }

        protected override void Compose(IServiceCollection services) =>
            services.AddSingleton(provider => new FaultyStore(provider.GetRequiredService<SqliteStore>()))
                .AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<FaultyStore>());

        private sealed class Back(FaultyStore store) : IDisposable
        {
            public void Dispose() => (store.Away, store.Refuse) = (false, _ => null);
        }
    }
}
