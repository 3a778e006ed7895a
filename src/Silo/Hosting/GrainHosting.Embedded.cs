namespace ExecutionGrains.Silo.Hosting;

/// <summary>Where the grain runtime is joined: registers the grains and <see cref="Executions"/>, and starts the janitors.</summary>
public static class GrainHosting
{
    public static void Add(IServiceCollection services, SiloOptions options)
    {
    }
}
