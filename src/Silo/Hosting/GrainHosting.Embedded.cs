using ExecutionGrains.Embedded;
using ExecutionGrains.Grains;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>The embedded runtime: one process, its records in the silo's store.</summary>
public static partial class GrainHosting
{
    public static partial void Map(IEndpointRouteBuilder routes)
    {
        // The dashboard of Orleans comes with Orleans.
    }

    public static partial string? StartFault(Exception failure, SiloOptions options) => null;

    private static partial void AddRuntime(IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton<IGrainStateStore, StoredGrainStates>().AddSingleton<IReminderTable, StoredReminders>();
        services.AddEmbeddedGrains(
            embedded => embedded.MinimumReminderPeriod = TimeSpan.FromSeconds(1),
            typeof(ExecutionGrain).Assembly);
    }

    private static partial void Tell(IServiceProvider services, ClusterFigures figures)
    {
        var silo = services.GetRequiredService<EmbeddedSilo>();
        figures.Cluster = () => Task.FromResult(new ClusterAnswer(
            [figures.Self], silo.ActivationCounts.ToDictionary(type => type.Key, type => (long)type.Value), figures.Janitor()));
    }
}
