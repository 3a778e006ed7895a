using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class RuntimeLogFilterTests(RuntimeLogFilterTests.Silo silo) : IClassFixture<RuntimeLogFilterTests.Silo>
{
    /// <summary>Polly would log two records for each activation.</summary>
    [Fact]
    public async Task Orleans_and_Polly_log_nothing_below_a_warning_when_an_execution_is_activated()
    {
        await silo.Running();

        Assert.NotEmpty(silo.Records);
        Assert.DoesNotContain(silo.Records, record => record.Level < Microsoft.Extensions.Logging.LogLevel.Warning
            && (record.Category.StartsWith("Orleans", StringComparison.Ordinal) || record.Category == "Polly"));
    }

    public sealed class Silo : SiloFixture, ILoggerProvider
    {
        public ConcurrentQueue<(string Category, Microsoft.Extensions.Logging.LogLevel Level)> Records { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Records);

        public void Dispose()
        {
        }

        protected override void Compose(IServiceCollection services) => services.AddLogging(logging => logging.AddProvider(this));

        private sealed class Logger(string category, ConcurrentQueue<(string Category, Microsoft.Extensions.Logging.LogLevel Level)> records) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

            public void Log<TState>(
                Microsoft.Extensions.Logging.LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter) =>
                records.Enqueue((category, logLevel));
        }
    }
}
