using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Level = Microsoft.Extensions.Logging.LogLevel;

namespace ExecutionGrains.Grains.Tests;

/// <summary>D61: log providers never block the code that logs.</summary>
public sealed class QueuedLoggerFactoryTests : IDisposable
{
    private readonly Good _good = new();
    private readonly Bad _bad = new();
    private readonly GrainMetrics _metrics = new();
    private readonly ServiceProvider _services;

    public QueuedLoggerFactoryTests()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(_bad).AddProvider(_good).AddFilter<Good>("Quiet", Level.Error));
        services.AddSingleton(_metrics);
        QueuedLoggerFactory.Use(services);
        _services = services.BuildServiceProvider();
    }

    public void Dispose()
    {
        _bad.Released.Set();
        _services.Dispose();
    }

    [Fact]
    public async Task D61_If_one_provider_hangs_the_other_still_gets_every_line()
    {
        _bad.On = () => _bad.Released.Wait(TestContext.Current.CancellationToken);
        var log = Logger("Any");
        for (var i = 0; i < 3_000; i++)
        {
            log.LogInformation("line {Number}", i);
            Assert.Equal($"line {i}", (await _good.NextAsync()).Text);
        }

        Assert.InRange(_metrics.LogLinesDropped, 3_000 - 1_024 - 1, 3_000 - 1_024);
    }

    [Fact]
    public async Task D61_Each_line_on_which_a_provider_throws_is_counted_and_the_caller_sees_no_exception()
    {
        _bad.On = () => throw new InvalidOperationException("I am a provider.");
        var log = Logger("Any");
        for (var i = 0; i < 10; i++)
        {
            log.LogInformation("line");
            await _good.NextAsync();
        }

        _services.Dispose();
        Assert.Equal(10, _metrics.LogLinesDropped);
    }

    [Fact]
    public async Task A_queued_line_keeps_its_values_scope_activity_and_provider_filters()
    {
        using var activity = new Activity("call").Start();
        using (Logger("Any").BeginScope("scope"))
        {
            Logger("Quiet").LogWarning("not for the good one");
            Logger("Any").LogWarning(new EventId(7), new ArgumentException("e"), "{Execution} is {Status}", "x", "lost");
        }

        var line = await _good.NextAsync();

        Assert.Equal((Level.Warning, 7, "x is lost", "e"), (line.Level, line.Event.Id, line.Text, line.Exception!.Message));
        Assert.Equal((activity.Id, "scope"), (line.Activity, line.Scope));
        Assert.Contains(new KeyValuePair<string, object?>("Status", "lost"), line.Values);
        Assert.False(_good.IsAnyLeft);
    }

    private ILogger Logger(string category) => _services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

    private sealed record Line(
        Level Level, EventId Event, string Text, Exception? Exception, string? Activity, string? Scope, IReadOnlyList<KeyValuePair<string, object?>> Values);

    private sealed class Good : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private readonly ConcurrentQueue<Line> _lines = new();
        private readonly SemaphoreSlim _arrived = new(0);
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public bool IsAnyLeft => !_lines.IsEmpty;

        public async Task<Line> NextAsync()
        {
            await _arrived.WaitAsync(TestContext.Current.CancellationToken);
            return _lines.TryDequeue(out var line) ? line : throw new InvalidOperationException("No line.");
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public bool IsEnabled(Level logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(Level logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string? scope = null;
            _scopes.ForEachScope((value, _) => scope = value?.ToString(), this);
            var values = (IReadOnlyList<KeyValuePair<string, object?>>)state!;
            _lines.Enqueue(new(logLevel, eventId, formatter(state, exception), exception, Activity.Current?.Id, scope, values));
            _arrived.Release();
        }

        public void Dispose()
        {
        }
    }

    private sealed class Bad : ILoggerProvider, ILogger
    {
        public ManualResetEventSlim Released { get; } = new();

        public Action On { get; set; } = () => { };

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(Level logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(Level logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => On();

        public void Dispose()
        {
        }
    }
}
