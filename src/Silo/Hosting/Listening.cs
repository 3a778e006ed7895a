using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Where the silo listens.</summary>
public static class Listening
{
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

    /// <summary>Whether nobody but this machine can reach any of the addresses.</summary>
    public static bool IsLoopback(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).All(IsLoopbackUrl);

    private static bool IsLoopbackUrl(string url) =>
        TryParse(url, out var address)
        && (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}
