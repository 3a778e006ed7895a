using System.Diagnostics;
using System.Diagnostics.Metrics;
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
    public static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Events = Meter.CreateCounter<long>("executiongrains.events", "{event}", "Events answered over HTTP, by result");
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

    public static void Answered(IEnumerable<EventAnswer> answers)
    {
        if (!Events.Enabled)
        {
            return;
        }

        foreach (var group in answers.CountBy(a => a.Result))
        {
            Events.Add(group.Value, new KeyValuePair<string, object?>("result", group.Key.Word()));
        }
    }

    public void Dispose()
    {
        tracer?.Dispose();
        meter?.Dispose();
    }
}
