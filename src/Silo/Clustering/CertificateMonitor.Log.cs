namespace ExecutionGrains.Silo.Clustering;

public sealed partial class CertificateMonitor
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Information, "New cluster certificate {Subject}, valid until {Until:u}: new connections use it")]
    private partial void Taken(string subject, DateTimeOffset until);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning,
        "The cluster certificate's files have changed and cannot be used; the previous certificate stays in use: {Reason}")]
    private partial void NotTaken(string reason);

    [LoggerMessage(3, Microsoft.Extensions.Logging.LogLevel.Warning,
        "The cluster certificate {Subject} expires at {Until:u}; without a new one, no silo or client can connect to this silo after that")]
    private partial void Expires(string subject, DateTimeOffset until);
}
