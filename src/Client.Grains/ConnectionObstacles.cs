using System.Data.Common;
using System.Net;
using ExecutionGrains.GrainInterfaces;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ExecutionGrains.Client;

/// <summary>What kept a client from its cluster so far.</summary>
internal sealed class ConnectionObstacles(GrainConnectionOptions options)
{
    private volatile DbException? _database;
    private volatile string? _silo;

    /// <summary>The last attempt failed because the database was away; null otherwise.</summary>
    public DbException? Database => _database;

    /// <summary>A silo was reached, and no connection to it is allowed: why.</summary>
    public string? Silo => _silo;

    /// <summary>Notes how an attempt ended.</summary>
    public void Failed(Exception failure) => _database = failure is DbException { IsTransient: true } away ? away : null;

    /// <summary>Only connections by certificate; without certificates, only connections within this machine.</summary>
    /// <exception cref="CertificateException">The certificates cannot be used.</exception>
    public void Guard(IClientBuilder client)
    {
        if (options.Certificates is { } files)
        {
            var refusal = $"A silo's certificate is not trusted: the authority in {files.Authority} did not sign it for a silo, or it has expired.";
            ClusterCertificatesExtensions.Use(client, ClusterCertificates.OfClient(files), () => _silo = refusal);
        }
        else if (!options.AllowInsecure)
        {
            client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(connection => connection.Use(NotBeyondThisMachineAsync)));
        }
    }

    private Task NotBeyondThisMachineAsync(ConnectionContext connection, Func<Task> next)
    {
        if (connection.RemoteEndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address))
        {
            return next();
        }

        _silo = GrainConnection.NeedsCertificates($"{connection.RemoteEndPoint}");
        throw new InvalidOperationException(_silo);
    }
}
