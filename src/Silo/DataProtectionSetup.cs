using ExecutionGrains.Hosting.Auth.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExecutionGrains.Silo;

/// <summary>
/// Replaces Data Protection's key ring, which would be kept in the home folder. <see cref="SigningDataProtectionProvider"/>
/// derives its key from the secret that all
/// silos share.
/// </summary>
internal static class DataProtectionSetup
{
    /// <summary>
    /// Type name of the hosted service by which ASP.NET Core creates its Data Protection key ring. The type is internal, so it is found by name.
    /// </summary>
    private const string KeyRingService = "DataProtectionHostedService";

    public static void Add(IServiceCollection services)
    {
        services.RemoveAll<IDataProtectionProvider>().AddSingleton<IDataProtectionProvider, SigningDataProtectionProvider>();
        foreach (var ring in services.Where(s => s.ImplementationType?.Name == KeyRingService).ToList())
        {
            services.Remove(ring);
        }
    }
}
