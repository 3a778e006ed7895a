using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExecutionGrains.Embedded.Tests;

/// <summary>A runtime with its own world and two manual clocks.</summary>
public sealed class Silo : IDisposable
{
    private readonly ServiceProvider _services;

    public Silo(Action<EmbeddedGrainOptions>? configure = null, IReminderTable? reminders = null, IGrainStateStore? states = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(World);
        services.AddScoped<ScopedService>();
        services.AddSingleton<TimeProvider>(CallClock);
        services.AddKeyedSingleton<TimeProvider>("tracker", Clock);
        services.AddSingleton(reminders ?? new InMemoryReminderTable());
        services.AddSingleton(states ?? new InMemoryGrainStateStore());
        services.AddEmbeddedGrains(configure, typeof(Silo).Assembly);
        _services = services.BuildServiceProvider();
    }

    public World World { get; } = new();

    /// <summary>Times reminders and idle collection.</summary>
    public ManualTimeProvider Clock { get; } = new();

    /// <summary>Times calls.</summary>
    public ManualTimeProvider CallClock { get; } = new();

    public EmbeddedSilo Runtime => _services.GetRequiredService<EmbeddedSilo>();

    public IProbe Probe(string key = "a") => Grain<IProbe>(key);

    public T Grain<T>(string key)
        where T : IGrainWithStringKey => _services.GetRequiredService<IGrainFactory>().GetGrain<T>(key);

    public Task Start() => Host.StartAsync(CancellationToken.None);

    public Task Stop(CancellationToken token = default) => Host.StopAsync(token);

    public void Dispose() => _services.Dispose();

    private IHostedService Host => _services.GetRequiredService<IHostedService>();
}
