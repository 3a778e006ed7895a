using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace ExecutionGrains.Embedded;

public static class EmbeddedGrainsRegistration
{
    /// <summary>
    /// Adds the embedded runtime: IGrainFactory, <see cref="EmbeddedSilo"/>, and the hosted service that starts reminders and drains
    /// at stop. An <see cref="IReminderTable"/> or <see cref="IGrainStateStore"/> that is registered before or after takes the place
    /// of the in-memory one. The clock of reminders and idle collection is the TimeProvider with the key <see cref="EmbeddedSilo.ClockKey"/>.
    /// </summary>
    /// <param name="services">Where to add.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <param name="grainAssemblies">Where the grain classes are.</param>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    public static IServiceCollection AddEmbeddedGrains(
        this IServiceCollection services, Action<EmbeddedGrainOptions>? configure, params Assembly[] grainAssemblies)
    {
        var options = new EmbeddedGrainOptions();
        configure?.Invoke(options);
        options.Validate();
        services.TryAddSingleton<IReminderTable, InMemoryReminderTable>();
        services.TryAddSingleton<IGrainStateStore, InMemoryGrainStateStore>();
        services.AddSingleton(provider => new EmbeddedSilo(provider, options, grainAssemblies));
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedSilo>().GrainFactory);
        services.AddSingleton<IHostedService, EmbeddedSiloHost>();
        return services;
    }
}
