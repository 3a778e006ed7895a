using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Exports traces, metrics and logs by OTLP, each only if the standard <c>OTEL_EXPORTER_OTLP_*</c> variables name an endpoint for it. Without one, nothing
/// is registered. Exporters work on threads and bounded queues of their own: one that hangs or fails loses telemetry and delays nothing but the end of the
/// process.
/// </summary>
internal static class Telemetry
{
    /// <summary>The name of our activity source and of our meters.</summary>
    private const string Name = "ExecutionGrains";

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var (traces, metrics, logs) = (IsExported(configuration, "TRACES"), IsExported(configuration, "METRICS"), IsExported(configuration, "LOGS"));
        if (!traces && !metrics && !logs)
        {
            return;
        }

        // AddOtlpExporter would ignore the variables of a single signal. UseOtlpExporter reads them, and always exports all three signals:
        // one that is not asked for gets no source.
        var telemetry = services.AddOpenTelemetry().UseOtlpExporter().ConfigureResource(resource => resource
            .AddService("executiongrains", serviceVersion: typeof(Telemetry).Assembly.GetName().Version!.ToString(3))
            // Again, behind our name: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override it.
            .AddEnvironmentVariableDetector());
        if (traces)
        {
            telemetry.WithTracing(tracing => tracing.AddSource(Name, "Microsoft.Orleans.*").AddAspNetCoreInstrumentation().AddNpgsql());
            // Puts a filter around every grain call, also where the trace is not sampled, so only those who export traces pay for it.
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
