using ExecutionGrains.Silo.Clustering;
using ExecutionGrains.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class LogRateLimiterTests
{
    [Fact]
    public void D31_Failed_handshakes_are_logged_in_one_burst_per_minute()
    {
        var time = new ManualTimeProvider();
        var window = new LogRateLimiter(time);

        Assert.True(window.IsOpen());
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.True(window.IsOpen());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(window.IsOpen());
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(window.IsOpen());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(window.IsOpen());
    }

    /// <summary>Kestrel logs one for each body that nobody reads and whose trailers it cannot read.</summary>
    [Fact]
    public void Errors_that_any_caller_can_make_the_server_log_are_logged_for_a_moment_in_each_minute()
    {
        var time = new ManualTimeProvider();
        using var services = new ServiceCollection()
            .AddLogging(logging => new RuntimeLogFilter(time).Filter(logging, new ConfigurationBuilder().Build()))
            .AddSingleton<ILoggerProvider, Counter>()
            .BuildServiceProvider();
        var counter = Assert.IsType<Counter>(services.GetRequiredService<ILoggerProvider>());
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Server.Kestrel");

        log.LogError("first");
        time.Advance(TimeSpan.FromMilliseconds(100));
        log.LogError("second");
        Assert.Equal(1, counter.Count);
        time.Advance(TimeSpan.FromMinutes(1));
        log.LogInformation("a line");
        log.LogError("third");
        Assert.Equal(2, counter.Count);
    }

    private sealed class Counter : ILoggerProvider, ILogger
    {
        public int Count { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Count++;

        public void Dispose()
        {
        }
    }
}
