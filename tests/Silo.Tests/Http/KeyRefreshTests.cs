using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Changes of keys by another silo or directly in the database.</summary>
public sealed class KeyRefreshTests(KeyRefreshTests.Silo silo) : IClassFixture<KeyRefreshTests.Silo>
{
    [Fact]
    public async Task A_key_with_unreadable_claims_hides_no_other_key()
    {
        await silo.Add("odd", claims: "{");
        await silo.Add("fine", claims: null);
        await silo.App.Services.GetRequiredService<KeyRefresh>().RefreshAsync(TestContext.Current.CancellationToken);

        (await silo.Get("/v1/executions", Silo.Key("fine"))).Is(200);
        (await silo.Get("/v1/executions", Silo.Key("odd"))).Is(200);
    }

    [Fact]
    public async Task An_unexpected_exception_fails_one_read_of_the_keys_and_not_the_silo()
    {
        silo.Operations.KeysFailure = new InvalidCastException("a column is not what it was");
        await silo.Add("later", claims: null);
        while (silo.Operations.KeysFailure is not null || (await silo.Get("/v1/executions", Silo.Key("later"))).Status != 200)
        {
            Assert.False(silo.App.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested, "The silo stops.");
            silo.Clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    public sealed class Silo : ClockedSilo
    {
        internal FaultyOperations Operations => App.Services.GetRequiredService<FaultyOperations>();

        internal static string Key(string name) => $"the-key-of-these-tests-whose-name-is-{name}";

        internal Task Add(string name, string? claims) => Operations.AddKeyAsync(
            new(name, name, "admin", null, ApiKey.Hash(Key(name)), claims, Clock.GetUtcNow(), null, null), null, TestContext.Current.CancellationToken);

        protected override void Compose(IServiceCollection services) =>
            services.AddSingleton(provider => new FaultyOperations(provider.GetRequiredService<SqliteStore>()))
                .AddSingleton<IOperationsStore>(provider => provider.GetRequiredService<FaultyOperations>());
    }
}
