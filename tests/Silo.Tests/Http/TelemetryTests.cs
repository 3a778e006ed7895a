using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Orleans;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>What a silo exports by OTLP with OpenTelemetry's standard variables in its environment.</summary>
public sealed class TelemetryTests : IDisposable
{
    /// <summary>Less than the time that <c>deploy/</c> gives a silo before a kill.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(40);

    private readonly OtlpReceiver _receiver = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-telemetry-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_its_grain_call_and_its_commit_are_one_trace_of_three_sources()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        const string Caller = "b7ad6b7169203331";
        using var silo = Start(_receiver.Address);
        using var http = await ClientAsync(silo);
        http.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-{Caller}-01");

        await CreateAsync(http);
        await _receiver.UntilAsync(() => Sources().Count() == 3 && Spans().Any(span => span.ParentId == Caller), Cancel);

        Assert.Equal(["ExecutionGrains", "Microsoft.AspNetCore", "Microsoft.Orleans.Application"], Sources().Order());
        var request = Assert.Single(Spans(), span => span.ParentId == Caller);
        var call = Assert.Single(Spans(), span => span.Source == "Microsoft.Orleans.Application" && span.ParentId == request.SpanId);
        var turn = Assert.Single(Spans(), span => span.Source == "Microsoft.Orleans.Application" && span.ParentId == call.SpanId);
        var commit = Assert.Single(Spans(), span => span.ParentId == turn.SpanId && span.Source == "ExecutionGrains");
        Assert.Equal(("Microsoft.AspNetCore", "IExecutionGrain/Create", "commit"), (request.Source, call.Name, commit.Name));

        IEnumerable<OtlpReceiver.Span> Spans() => _receiver.Spans.Where(span => span.TraceId == Trace);
        IEnumerable<string> Sources() => Spans().Select(span => span.Source).Where(source => source != "Microsoft.Orleans.Lifecycle").Distinct();
    }

    [Theory]
    [InlineData("", "executiongrains")]
    [InlineData("tracker-of-tests", "tracker-of-tests")]
    public async Task Metrics_and_logs_are_exported_under_the_services_name(string given, string expected)
    {
        using var silo = Start(_receiver.Address, ("OTEL_SERVICE_NAME", given));
        using var http = await ClientAsync(silo);

        await CreateAsync(http);
        string[] meters = ["ExecutionGrains", "Microsoft.AspNetCore.Hosting", "Microsoft.Orleans", "System.Runtime"];
        await _receiver.UntilAsync(() => meters.All(meter => _receiver.Metrics.Any(metric => metric.Source == meter)), Cancel);
        await _receiver.UntilAsync(() => _receiver.Metrics.Any(metric => metric.Name == "executiongrains.commit.duration"), Cancel);
        await _receiver.UntilAsync(() => _receiver.Records.Any(record => record.Body == "Application started. Press Ctrl+C to shut down."), Cancel);

        // The log filters of the console apply to the export too.
        Assert.DoesNotContain(_receiver.Records, record => record.Severity < 13
            && (record.Source.StartsWith("Orleans", StringComparison.Ordinal) || record.Source == "Polly"));
        Assert.Equal(expected, _receiver.Resource["service.name"]);
        Assert.Equal(typeof(SiloProgram).Assembly.GetName().Version!.ToString(3), _receiver.Resource["service.version"]);
        Assert.NotEmpty(_receiver.Resource["service.instance.id"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exporter_that_hangs_or_fails_changes_no_answer_and_does_not_prevent_a_stop(bool hangs)
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        var address = $"http://{collector.LocalEndpoint}";
        if (!hangs)
        {
            collector.Stop();
        }

        using var silo = Start(address);
        using var http = await ClientAsync(silo);
        for (var i = 0; i < 20; i++)
        {
            await CreateAsync(http);
        }

        silo.Terminate();
        using var max = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        max.CancelAfter(StopMax);
        var (code, error) = await silo.EndAsync(max.Token);

        Assert.Equal((0, string.Empty), (code, error));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(false, "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")]
    [InlineData(false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_SDK_DISABLED=true")]
    [InlineData(true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1")]
    [InlineData(true, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:1")]
    public async Task Without_an_endpoint_there_is_no_provider_and_no_filter_around_grain_calls(bool isExported, params string[] variables)
    {
        await using var app = await SiloProgram.BuildAsync(
            [$"--ExecutionGrains:DataPath={_data.FullName}", "--ExecutionGrains:Urls=http://127.0.0.1:0", .. variables.Select(variable => $"--{variable}")]);

        Assert.Equal(isExported, app.Services.GetService<TracerProvider>() is not null);
        Assert.Equal(isExported, app.Services.GetService<MeterProvider>() is not null);
        Assert.Equal(isExported, app.Services.GetServices<ILoggerProvider>().Any(provider => provider is OpenTelemetryLoggerProvider));
        Assert.Equal(isExported, app.Services.GetServices<IOutgoingGrainCallFilter>().Any());
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _data.Delete(recursive: true);
    }

    private static SiloProcess Start(string endpoint, params (string Name, string Value)[] others) => new(
    [
        ("ExecutionGrains__Urls", "http://127.0.0.1:0"), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"), ("OTEL_BLRP_SCHEDULE_DELAY", "100"), ("OTEL_METRIC_EXPORT_INTERVAL", "500"), .. others,
    ]);

    private static async Task<HttpClient> ClientAsync(SiloProcess silo)
    {
        var link = new Uri((await silo.LineAsync("Dashboard: ", Cancel))["Dashboard: ".Length..]);
        var http = new HttpClient { BaseAddress = new Uri(link, "/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await silo.KeyAsync(Cancel));
        return http;
    }

    private static async Task CreateAsync(HttpClient http)
    {
        using var body = new StringContent("""{"workflow":"w"}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/executions", body, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }
}
