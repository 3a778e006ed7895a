using ExecutionGrains.Silo.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace ExecutionGrains.Silo;

/// <summary>Takes the caller's address, scheme and host from the X-Forwarded headers of the configured proxies, and of no other sender.</summary>
internal static class ForwardedHeadersSetup
{
    public static void Use(WebApplication app, ProgramOptions options)
    {
        if (options.Proxies.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // No limit on the number of proxies in a row: the first address that is not a known proxy is the caller's.
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in options.Proxies)
        {
            forwarded.KnownIPNetworks.Add(proxy);
        }

        app.UseForwardedHeaders(forwarded);
    }
}
