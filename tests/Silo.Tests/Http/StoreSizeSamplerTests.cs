using ExecutionGrains.Hosting.Store;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class StoreSizeSamplerTests(StoreSizeSamplerTests.Silo silo) : IClassFixture<StoreSizeSamplerTests.Silo>
{
    [Fact]
    public async Task Readiness_does_not_scan_the_store_and_the_cluster_page_does_once_in_five_seconds()
    {
        silo.Clock.Advance(TimeSpan.FromSeconds(10));
        silo.Operations.Mishaps.Plan(null, default);
        for (var i = 0; i < 10; i++)
        {
            (await silo.Get("/health/ready")).Is(200);
        }

        Assert.Equal(0, Walks());
        for (var second = 1; second <= 6; second++)
        {
            (await silo.Get("/v1/cluster")).Is(200);
            (await silo.Get("/v1/cluster")).Is(200);
            Assert.Equal(second <= 5 ? 1 : 2, Walks());
            silo.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        int Walks() => silo.Operations.Mishaps.Calls.Count(call => call == "describe");
    }

    [Fact]
    public async Task The_cluster_page_says_how_large_the_store_is_and_how_fast_it_grows()
    {
        var young = (await silo.Get("/v1/cluster")).Is(200)["store"];
        Assert.Equal(System.Text.Json.JsonValueKind.Null, young.GetProperty("growthBytesPerHour").ValueKind);
        for (var i = 0; i < 20; i++)
        {
            var (id, token) = await silo.Running();
            var output = new string('x', 60_000);
            (await silo.Report(id, $$"""{"eventId":"1","type":"execution.completed","outcome":"success","output":"{{output}}"}""", token)).Is(200);
        }

        silo.Clock.Advance(TimeSpan.FromMinutes(15));

        var store = (await silo.Get("/v1/cluster")).Is(200)["store"];
        var grown = store.GetProperty("size").GetInt64() - young.GetProperty("size").GetInt64();
        Assert.True(grown > 20 * 60_000, $"{grown} bytes");
        // A quarter of an hour, during which other tests of the class have moved the clock by some more seconds.
        Assert.InRange(store.GetProperty("growthBytesPerHour").GetInt64(), 3 * grown, 8 * grown);
    }

    [Fact]
    public async Task Growth_is_that_of_the_last_24_hours()
    {
        var clock = new ManualTimeProvider();
        using var growth = new StoreSizeSampler(silo.App.Services.GetRequiredService<IOperationsStore>(), clock, NullLogger<StoreSizeSampler>.Instance);
        await growth.NoteAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(growth.PerHour(0));

        clock.Advance(TimeSpan.FromHours(20));
        await growth.NoteAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromHours(10));
        await growth.NoteAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1_000, growth.PerHour(10_000) - growth.PerHour(0));
    }

    public sealed class Silo : ClockedSilo
    {
        internal FaultyOperations Operations => App.Services.GetRequiredService<FaultyOperations>();

        protected override void Compose(IServiceCollection services) =>
            services.AddSingleton(provider => new FaultyOperations(provider.GetRequiredService<SqliteStore>()))
                .AddSingleton<IOperationsStore>(provider => provider.GetRequiredService<FaultyOperations>());
    }
}
