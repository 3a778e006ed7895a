using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class RuntimeLogFilterTests(RuntimeLogFilterTests.Silo silo) : IClassFixture<RuntimeLogFilterTests.Silo>
{
    /// <summary>Unfiltered, Polly logs two records for each activation.</summary>
    [Fact]
    public async Task Orleans_and_Polly_log_nothing_below_a_warning_when_an_execution_is_activated()
    {
        await silo.Running();

        Assert.NotEmpty(silo.Records);
        Assert.DoesNotContain(silo.Records, record => record.Level < Microsoft.Extensions.Logging.LogLevel.Warning
            && (record.Category.StartsWith("Orleans", StringComparison.Ordinal) || record.Category == "Polly"));
    }

    [Fact]
    public async Task D60_A_thousand_executions_write_fewer_than_fifty_lines()
    {
        var before = silo.Records.Count;
        foreach (var some in Enumerable.Range(0, 1_000).Chunk(100))
        {
            var events = some.Select(n => $$"""
                {"executionId":"many-{{n}}","eventId":"1","type":"step.started","stepId":"s","block":"b"},
                {"executionId":"many-{{n}}","eventId":"2","type":"execution.completed","outcome":"fail"}
                """);
            (await silo.Post("/v1/events", $"[{string.Join(',', events)}]")).Is(200);
        }

        await silo.LoggedAsync();
        Assert.InRange(silo.Records.Skip(before).Count(record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Information), 1, 49);
    }

    public sealed class Silo : SiloFixture, ILoggerProvider
    {
        public ConcurrentQueue<(string Category, Microsoft.Extensions.Logging.LogLevel Level)> Records { get; } = [];

        private readonly TaskCompletionSource _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

        /// <summary>Logs a line, and waits until the queue has passed it, and with it all lines before it. Once only.</summary>
        public Task LoggedAsync()
        {
            App.Services.GetRequiredService<ILoggerFactory>().CreateLogger(nameof(LoggedAsync))
                .Log(Microsoft.Extensions.Logging.LogLevel.Information, "Marked.");
            return _marked.Task;
        }

        public void Dispose()
        {
        }

        protected override void Compose(IServiceCollection services) => services.AddLogging(logging => logging.AddProvider(this));

        private sealed class Logger(string category, Silo all) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

            public void Log<TState>(
                Microsoft.Extensions.Logging.LogLevel logLevel,
                EventId eventId,
                TState state,
                Exception? exception,
                Func<TState, Exception?, string> formatter)
            {
                all.Records.Enqueue((category, logLevel));
                if (category == nameof(LoggedAsync))
                {
                    all._marked.TrySetResult();
                }
            }
        }
    }
}
