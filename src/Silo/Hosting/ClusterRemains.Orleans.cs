using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// What a cluster that was killed leaves in the database: silos that count as active, and are not. A silo that joins looks at the start for those whose signs of life are old, and sees to it
/// that they are declared dead; one whose sign is still fresh it would ask for an answer for a minute, and give up. So it starts once the signs are old.
/// </summary>
public sealed partial class ClusterRemains(IMembershipTable table, IOptions<ClusterMembershipOptions> membership, ILogger<ClusterRemains> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(1);

    /// <summary>After it a silo without a sign of life is stale. 15 s.</summary>
    private TimeSpan Stale => membership.Value.IAmAliveTablePublishTimeout * membership.Value.NumMissedTableIAmAliveLimit;

    public async Task OutliveAsync(CancellationToken cancel)
    {
        await table.InitializeMembershipTable(tryInitTableVersion: true).ConfigureAwait(false);
        var since = Stopwatch.StartNew();
        var told = false;
        // By our own clock, too: theirs may have been another.
        while (since.Elapsed <= Stale + Pause && await GoneAsync(cancel).ConfigureAwait(false) is { Count: > 0 } gone)
        {
            if (!told)
            {
                Waits(string.Join(", ", gone));
                told = true;
            }

            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Those that were alive just now and listen no more.</summary>
    private async Task<List<IPEndPoint>> GoneAsync(CancellationToken cancel)
    {
        var oldest = DateTime.UtcNow - Stale;
        var gone = new List<IPEndPoint>();
        foreach (var (member, _) in (await table.ReadAll().ConfigureAwait(false)).Members)
        {
            if (member.Status == SiloStatus.Active && member.IAmAliveTime >= oldest && !await ListensAsync(member.SiloAddress.Endpoint, cancel).ConfigureAwait(false))
            {
                gone.Add(member.SiloAddress.Endpoint);
            }
        }

        return gone;
    }

    private static async Task<bool> ListensAsync(IPEndPoint address, CancellationToken cancel)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, cancel).AsTask().WaitAsync(AnswerMax, cancel).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            return false;
        }
    }
}
