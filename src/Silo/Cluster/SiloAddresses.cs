using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Cluster;

/// <summary>
/// Takes the silos' addresses out of <c>/v1/cluster</c>. Orleans's id of a silo holds its address: in its place comes a code, keyed with the store's secret,
/// so that
/// nobody finds the address by trying all, and the same on every silo.
/// </summary>
public sealed class SiloAddresses(HashKey key)
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

    private string Code(string silo) => Convert.ToHexStringLower(HMACSHA256.HashData(key.Value, Encoding.UTF8.GetBytes($"silo {silo}")).AsSpan(0, CodeLength));
}
