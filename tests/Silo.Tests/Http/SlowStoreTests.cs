using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Grain calls that time out because the store does not answer.</summary>
public sealed class SlowStoreTests(SlowStoreTests.Silo silo) : IClassFixture<SlowStoreTests.Silo>
{
    [Fact]
    public async Task A_call_that_times_out_is_answered_503()
    {
        var id = await silo.Pending();

        using (silo.Hold())
        {
            var claim = silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1"}""");
            await silo.RunOutAsync();

            (await claim).IsProblem(503, "store_unavailable");
            Assert.Equal(TimeSpan.FromSeconds(1), (await claim).Response.Headers.RetryAfter?.Delta);
        }
    }

    [Fact]
    public async Task In_a_batch_an_execution_that_times_out_affects_only_its_own_events()
    {
        var (beating, _) = await silo.Running();
        var (slow, _) = await silo.Running();

        using (silo.Hold())
        {
            var batch = silo.Post("/v1/events", $$"""
                [{"executionId":"{{beating}}","type":"heartbeat"},
                 {"executionId":"{{slow}}","eventId":"1","type":"log","message":"m"},
                 {"executionId":"{{slow}}","eventId":"2","type":"log","message":"m"}]
                """);
            await silo.RunOutAsync();

            var got = (await batch).Is(200);
            Got.Same(["applied", "retry", "retry"], got.Words("results", "result"));
            Got.Same([null, "store_unavailable", "store_unavailable"], got.Words("results", "code"));
            Got.Same([beating, slow, slow], got.Words("results", "executionId"));
        }
    }

    [Fact]
    public async Task A_batch_in_which_every_execution_times_out_is_answered_503()
    {
        var (slow, _) = await silo.Running();

        using (silo.Hold())
        {
            var batch = silo.Post("/v1/events", $$"""[{"executionId":"{{slow}}","eventId":"1","type":"log","message":"m"}]""");
            await silo.RunOutAsync();

            (await batch).IsProblem(503, "store_unavailable");
        }
    }

    public sealed class Silo : SiloFixture
    {
        private readonly CallPatience _patience = new();

        private FaultyStore Store => App.Services.GetRequiredService<FaultyStore>();

        /// <summary>Makes commits wait until it is disposed.</summary>
        internal IDisposable Hold()
        {
            while (Store.Arrived.Wait(0))
            {
            }

            return new Held(Store);
        }

        /// <summary>Waits until a commit waits, and lets the grain call behind it time out.</summary>
        internal async Task RunOutAsync()
        {
            Assert.True(await Store.Arrived.WaitAsync(TimeSpan.FromSeconds(20)));
            _patience.RunOut();
        }

        protected override void Compose(IServiceCollection services)
        {
            _patience.AddTo(services);
            services.AddSingleton(provider => new FaultyStore(provider.GetRequiredService<SqliteStore>()))
                .AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<FaultyStore>());
        }

        private sealed class Held : IDisposable
        {
            private readonly FaultyStore _store;
            private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Held(FaultyStore store)
            {
                _store = store;
                store.Gate = _gate.Task;
            }

            public void Dispose()
            {
                _store.Gate = Task.CompletedTask;
                _gate.SetResult();
            }
        }
    }
}
