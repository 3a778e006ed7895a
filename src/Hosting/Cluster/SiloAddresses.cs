using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>
/// Removes the silos' addresses from <c>/v1/cluster</c>. Orleans's id of a silo contains its address, so the id is replaced by the first 8 bytes of its
/// HMAC-SHA-256, in hexadecimal. The HMAC is keyed with a secret of the store: the code is the same on every silo, and trying all addresses does not reveal
/// the address.
/// </summary>
public sealed class SiloAddresses(SecretVault vault)
{
    private const int CodeLength = 8;

    public ClusterView Hide(ClusterView view) => view with
    {
        Silos = [.. view.Silos.Select(silo => silo with { SiloId = Code(silo.SiloId), Address = null })],
        Janitor = view.Janitor with
        {
            Buckets = [.. view.Janitor.Buckets.Select(bucket => bucket with { Silo = bucket.Silo is { } silo ? Code(silo) : null })],
        },
    };

    private string Code(string silo) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(vault.HashKey(), Encoding.UTF8.GetBytes($"silo {silo}")).AsSpan(0, CodeLength));
}
