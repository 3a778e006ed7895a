using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Silo.Clustering;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Certificates;

/// <summary>D31: the log tells an operator what happened to a certificate's files.</summary>
public sealed class CertificateMonitorTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-watch-");
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Lines _log = new();

    private CertificateFiles Files => new(Of("silo.pem"), Of("silo.key"), Of("ca.pem"));

    [Fact]
    public void D31_New_files_and_unusable_files_are_logged_once()
    {
        var watch = Watch();
        watch.Check();
        Assert.Empty(_log.Told);

        Issue();
        watch.Check();
        watch.Check();
        Assert.StartsWith("New cluster certificate CN=silo, O=ExecutionGrains, valid until ", Assert.Single(_log.Told), StringComparison.Ordinal);

        File.WriteAllText(Files.Certificate, "-");
        watch.Check();
        watch.Check();
        Assert.Equal(2, _log.Told.Count);
        Assert.Equal(
            $"The cluster certificate's files have changed and cannot be used; "
                + $"the previous certificate stays in use: {Files.Certificate} holds no certificate in PEM", _log.Told[1]);

        File.Delete(Files.Key);
        watch.Check();
        Assert.Equal(3, _log.Told.Count);

        Issue();
        watch.Check();
        Assert.StartsWith("New cluster certificate ", _log.Told[3], StringComparison.Ordinal);
    }

    [Fact]
    public void D31_A_certificate_in_the_last_quarter_of_its_lifetime_is_logged_once_a_day()
    {
        var watch = Watch("--days", "100");
        _time.Advance(TimeSpan.FromDays(74));
        watch.Check();
        Assert.Empty(_log.Told);

        _time.Advance(TimeSpan.FromDays(2));
        watch.Check();
        watch.Check();
        Assert.Contains("; without a new one, no silo or client can connect to this silo after that", Assert.Single(_log.Told), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromDays(1));
        watch.Check();
        Assert.Equal(2, _log.Told.Count);
    }

    public void Dispose() => _data.Delete(recursive: true);

    private string Of(string file) => Path.Combine(_data.FullName, file);

    private void Issue(params string[] arguments) =>
        CertificatesCommand.Find(["cluster", "certificates", "--out", _data.FullName, .. arguments])!.Run(TimeProvider.System, TextWriter.Null);

    private CertificateMonitor Watch(params string[] arguments)
    {
        Issue(arguments);
        return new CertificateMonitor(ClusterCertificates.OfSilo(Files), _time, _log);
    }

    private sealed class Lines : ILogger<CertificateMonitor>
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Told.Add(formatter(state, exception));
    }
}
