using Microsoft.AspNetCore.HttpOverrides;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Believes what known proxies say of the caller's address, scheme and host, and nobody else.</summary>
internal static class Forwarding
{
    public static void Use(WebApplication app, SiloOptions options)
    {
        if (options.Proxies.Count == 0)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // Through as many of our proxies as there are: the first address that is none of theirs is the caller's.
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
