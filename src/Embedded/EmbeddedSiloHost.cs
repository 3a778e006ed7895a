using Microsoft.Extensions.Hosting;

namespace ExecutionGrains.Embedded;

internal sealed class EmbeddedSiloHost(EmbeddedSilo silo) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => silo.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => silo.StopAsync(cancellationToken);
}
