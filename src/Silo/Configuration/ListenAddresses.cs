using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ExecutionGrains.Silo.Configuration;

/// <summary>Rules for the HTTP addresses of the silo. <c>ExecutionGrains__Urls</c> is their only source.</summary>
public static class ListenAddresses
{
    private const string Certificates = "Kestrel:Certificates";

    /// <summary>
    /// Passes only <c>Kestrel:Certificates</c>, the certificates for HTTPS, to Kestrel. With its whole section, Kestrel would listen at
    /// <c>Kestrel:Endpoints</c> instead of the validated addresses.
    /// </summary>
    public static void TakeOnly(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        var certificates = configuration.GetSection(Certificates).AsEnumerable(makePathsRelative: true)
            .Where(c => c.Key.Length > 0)
            .Select(c => KeyValuePair.Create($"Certificates:{c.Key}", c.Value));
        kestrel.Configure(new ConfigurationBuilder().AddInMemoryCollection(certificates).Build());
    }

    public static bool TryParse(string url, [NotNullWhen(true)] out BindingAddress? address)
    {
        try
        {
            address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https";
        }
        catch (FormatException)
        {
            address = null;
            return false;
        }
    }

    /// <summary>Whether all of the addresses, separated by semicolons, are loopback addresses.</summary>
    public static bool IsLoopback(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsLoopbackUrl);

    private static bool IsLoopbackUrl(string url) =>
        TryParse(url, out var address)
        && (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}
