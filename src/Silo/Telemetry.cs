using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ExecutionGrains.Silo;

/// <summary>
/// Exports traces, metrics and logs by OTLP, each only if the standard <c>OTEL_EXPORTER_OTLP_*</c> variables name an endpoint for it. Without an endpoint,
/// nothing is registered. Exporters run on their own threads with bounded queues. An exporter that hangs or fails loses telemetry; it delays only the end of
/// the process.
/// </summary>
internal static class Telemetry
{
    /// <summary>The name of this project's activity source and meters.</summary>
    private const string Name = "ExecutionGrains";

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var (traces, metrics, logs) = (IsExported(configuration, "TRACES"), IsExported(configuration, "METRICS"), IsExported(configuration, "LOGS"));
        if (!traces && !metrics && !logs)
        {
            return;
        }

        // AddOtlpExporter ignores the variables of a single signal. UseOtlpExporter reads them, but always exports all three signals, so a signal
        // without an endpoint gets no source.
        var telemetry = services.AddOpenTelemetry().UseOtlpExporter().ConfigureResource(resource => resource
            .AddService("executiongrains", serviceVersion: typeof(Telemetry).Assembly.GetName().Version!.ToString(3))
            // Added again after AddService, so that OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override its service name.
            .AddEnvironmentVariableDetector());
        if (traces)
        {
            telemetry.WithTracing(tracing => tracing.AddSource(Name, "Microsoft.Orleans.*").AddAspNetCoreInstrumentation().AddNpgsql());
            // Adds a filter to every grain call, even if the trace is not sampled, so it is registered only if traces are exported.
            services.AddOrleans(silo => silo.AddActivityPropagation());
        }

        if (metrics)
        {
            telemetry.WithMetrics(metering => metering
                .AddMeter(Name, "Microsoft.Orleans", "System.Runtime").AddAspNetCoreInstrumentation().AddNpgsqlInstrumentation());
        }

        if (logs)
        {
            services.Configure<OpenTelemetryLoggerOptions>(options => options.IncludeFormattedMessage = true);
        }
        else
        {
            services.AddLogging(logging => logging.AddFilter<OpenTelemetryLoggerProvider>(category: null, Microsoft.Extensions.Logging.LogLevel.None));
        }
    }

    private static bool IsExported(IConfiguration configuration, string signal) =>
        !string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && (configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 });
}
