using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Traces and metrics, sent by OTLP where the standard <c>OTEL_EXPORTER_OTLP_*</c> variables say where.</summary>
public sealed class Telemetry : IDisposable
{
    public const string Name = "ExecutionGrains";
    public static readonly ActivitySource Activities = new(Name);
    private readonly TracerProvider? tracer;
    private readonly MeterProvider? meter;

    public Telemetry()
    {
        if (!IsAsked)
        {
            return;
        }

        var resource = ResourceBuilder.CreateDefault().AddService("executiongrains");
        tracer = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Name, "Microsoft.AspNetCore").AddOtlpExporter().Build();
        meter = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Name, "Microsoft.AspNetCore.Hosting", "System.Runtime").AddOtlpExporter().Build();
    }

    private static bool IsAsked =>
        new[] { "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT" }
            .Any(v => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v)));

    public void Dispose()
    {
        tracer?.Dispose();
        meter?.Dispose();
    }
}
