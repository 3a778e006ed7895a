using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// A silo that leaves writes so into the database, twice, and Orleans tries each for as long as a silo tries to join. Where the database is away that would be minutes, at the end of
/// which the others know by their probes what it has to say.
/// </summary>
public sealed class LeavingTime(IOptions<ClusterMembershipOptions> membership) : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Longest time that it tries; then the others find out. 5 s.</summary>
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(5);

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LeavingTime), ServiceLifecycleStage.Last, _ => Task.CompletedTask, Shorten);

    /// <summary>Orleans reads the setting anew at every attempt, and there is none to leave alone.</summary>
    private Task Shorten(CancellationToken cancel)
    {
        membership.Value.MaxJoinAttemptTime = AttemptMax;
        return Task.CompletedTask;
    }
}
