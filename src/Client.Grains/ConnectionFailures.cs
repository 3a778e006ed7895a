using System.Data.Common;
using System.Net;
using ExecutionGrains.GrainInterfaces;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Hosting;

namespace ExecutionGrains.Client;

/// <summary>Records why a client could not connect to its cluster so far, for the error message.</summary>
internal sealed class ConnectionFailures(GrainConnectionOptions options)
{
    private volatile DbException? _database;
    private volatile string? _silo;

    /// <summary>The database error if the last attempt failed because the database was unavailable; otherwise null.</summary>
    public DbException? Database => _database;

    /// <summary>Why the client must not connect to a silo that it reached; null if there is no such silo.</summary>
    public string? Silo => _silo;

    /// <summary>Records the failure of an attempt to connect.</summary>
    public void Failed(Exception failure) => _database = failure is DbException { IsTransient: true } away ? away : null;

    /// <summary>
    /// Restricts the client to connections with certificates; without certificates, to connections within this machine, unless AllowInsecure is set.
    /// </summary>
    /// <exception cref="CertificateException">The certificates are invalid.</exception>
    public void RestrictConnections(IClientBuilder client)
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

        _silo = GrainConnection.CertificatesRequiredMessage($"{connection.RemoteEndPoint}");
        throw new InvalidOperationException(_silo);
    }
}
