using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Certificates;
using ExecutionGrains.Silo.Endpoints;
using ExecutionGrains.Silo.Http;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Composes the silo and runs it.</summary>
public static partial class SiloProgram
{
    /// <summary>Above the limit of a body (4 MiB), so that a body over it is drained and answered, not cut off.</summary>
    private const long DrainedBytesMax = 32L * 1024 * 1024;

    /// <summary>
    /// Twice the limit of a request head (32 KiB), so that the API can say what is wrong. Kestrel holds up to this much before a caller is known, and answers
    /// a larger head without a body.
    /// </summary>
    private const int HeadBytesMax = 64 * 1024;

    /// <summary>Time in which a connection must have sent its request head. 10 s.</summary>
    private static readonly TimeSpan HeadTime = TimeSpan.FromSeconds(10);

    /// <summary>Time in which requests, grains and queues come to their end. 20 s.</summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(20);

    /// <summary>Longest time from the order to stop until the process is gone. 35 s, less than deploy/ gives it before a kill.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(35);

    private static Timer? ending;

    /// <returns>The exit code: 1 where the silo could not start or a command not be done; the reason is one line on the error stream.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        // Before the first file: whatever the process makes is its user's only.
        OwnerOnly.RestrictProcess();
        try
        {
            if (CertificatesCommand.Find(args) is { } certificates)
            {
                certificates.Run(TimeProvider.System, Console.Out);
                return 0;
            }

            if (StoreCommand.Find(args) is { } command)
            {
                await command.RunAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
                return 0;
            }

            await using var app = await BuildAsync(args).ConfigureAwait(false);
            await ListenAsync(app).ConfigureAwait(false);
            app.Services.GetRequiredService<FirstKey>().Tell(app.Urls.First());
            using var stopping = app.Lifetime.ApplicationStopping.Register(() => EndBy(StopMax));
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (failure is StartException or StoreException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            var what = CertificatesCommand.Find(args) is not null ? "make certificates" : StoreCommand.Find(args) is { } command ? command.Name : "start";
            await Console.Error.WriteLineAsync($"ExecutionGrains cannot {what}: {failure.Message.ReplaceLineEndings(" ")}").ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>
    /// Ends the process if the stop has not finished in time, for example because the store does not answer. Everything that was answered is stored.
    /// </summary>
    private static void EndBy(TimeSpan max) => ending = new Timer(
        _ =>
        {
            Console.Error.WriteLine($"ExecutionGrains did not stop within {max.TotalSeconds:F0} s and ends.");
            Environment.Exit(1);
        },
        null,
        max,
        Timeout.InfiniteTimeSpan);

    private static async Task ListenAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (OrleansHosting.StartFault(failure, app.Services.GetRequiredService<SiloOptions>()) is { } fault)
        {
            throw new StartException(fault);
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.Net.Sockets.SocketException)
        {
            // Kestrel throws it for an address that it cannot serve: https without a certificate, a port without the right to it, another machine's address.
            var urls = app.Services.GetRequiredService<SiloOptions>().Urls;
            throw new StartException($"ExecutionGrains__Urls is {urls}, and the server refuses it: {failure.Message}");
        }
    }

    /// <summary>Migrates the store and sees to the first key; the result listens once it is started.</summary>
    /// <exception cref="StartException">The configuration is wrong.</exception>
    /// <exception cref="StoreException">The store is away, newer, or another silo's.</exception>
    /// <param name="time">The tracker's clock; the system's where none is given.</param>
    /// <param name="compose">Overrides for tests.</param>
    public static async Task<WebApplication> BuildAsync(string[] args, TimeProvider? time = null, Action<IServiceCollection>? compose = null)
    {
        var builder = Builder(args);
        var options = OptionsReading.Read(builder.Configuration);
        builder.WebHost.UseUrls(options.Urls).ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = DrainedBytesMax;
            kestrel.Limits.MaxRequestBufferSize = 2 * HeadBytesMax;
            kestrel.Limits.MaxRequestLineSize = HeadBytesMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = HeadBytesMax;
            kestrel.Limits.RequestHeadersTimeout = HeadTime;
            kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.ConnectionsMax;
            kestrel.AddServerHeader = false;
            AuthHosting.Ask(kestrel, options);
            Listening.TakeOnly(kestrel, builder.Configuration);
        });
        // Request lines would hold the code of a dashboard link.
        builder.Logging.AddFilter("Microsoft.AspNetCore", Microsoft.Extensions.Logging.LogLevel.Warning);
        // The authentication handlers of ASP.NET Core tell of every refused request.
        builder.Logging.AddFilter("ExecutionGrains.Silo.Auth.Schemes", Microsoft.Extensions.Logging.LogLevel.Warning);
        var logFilter = new RuntimeLogFilter();
        logFilter.Filter(builder.Logging, builder.Configuration);
        AddServices(builder.Services, options, time ?? TimeProvider.System);
        Telemetry.Add(builder.Services, builder.Configuration);
        compose?.Invoke(builder.Services);
        QueuedLoggerFactory.Use(builder.Services);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            logFilter.Serve();
            // The last that registers is called first: before the host says that it shuts down.
            app.Lifetime.ApplicationStopping.Register(logFilter.Stop);
        });
        Map(app);
        StartWarnings.Log(options, app.Logger);
        try
        {
            await PrepareAsync(app.Services, CancellationToken.None).ConfigureAwait(false);
            return app;
        }
        catch
        {
            // With the store, whose lock the next start needs.
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Configured by the files beside the program, the environment and the arguments, from whatever folder it was started.</summary>
    internal static WebApplicationBuilder Builder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

    private static void AddServices(IServiceCollection services, SiloOptions options, TimeProvider time)
    {
        services.AddKeyedSingleton(TrackerClock.Key, time);
        services.AddSingleton(options);
        services.AddSingleton<Freshness>().AddSingleton<OneTimeCodes>();
        services.AddSingleton<ApiKeys>().AddSingleton<Signing>().AddSingleton<RunTokens>().AddSingleton<FirstKey>().AddSingleton<BodyBudget>();
        AuthHosting.Add(services, options);
        services.AddSingleton<KeyRefresh>().AddHostedService(provider => provider.GetRequiredService<KeyRefresh>());
        services.AddSingleton<StoreGrowth>().AddHostedService(provider => provider.GetRequiredService<StoreGrowth>());
        services.AddHostedService<StorePruning>();
        BodyEncodings.Add(services);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, SiloJson.Default);
            // For the OpenAPI document: a number is no string.
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainMax);
        OpenApi.Add(services);
        StoreHosting.Add(services, options);
        GrainHosting.Add(services, options);
    }

    private static void Map(WebApplication app)
    {
        var limits = app.Services.GetRequiredService<RequestLimits>();
        Forwarding.Use(app, app.Services.GetRequiredService<SiloOptions>());
        app.UseResponseCompression();
        app.UseMiddleware<AnswerHeadersMiddleware>();
        app.UseMiddleware<HeadMiddleware>();
        app.UseMiddleware<RefusedActionMiddleware>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<HeadSizeMiddleware>();
        app.UseRateLimiter(limits.PerAddress());
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter(limits.PerKey());
        app.UseMiddleware<RequestShapeMiddleware>();
        app.UseRequestDecompression();
        ExecutionEndpoints.Map(app);
        EventEndpoints.Map(app);
        BatchEndpoints.Map(app);
        OperateEndpoints.Map(app);
        KeyEndpoints.Map(app);
        SecretEndpoints.Map(app);
        ReadEndpoints.Map(app);
        FigureEndpoints.Map(app);
        HealthEndpoints.Map(app);
        DashboardEndpoints.Map(app);
        OrleansHosting.Map(app);
        OpenApi.Map(app);
    }

    private static async Task PrepareAsync(IServiceProvider services, CancellationToken cancel)
    {
        if (DataFolder.Secure(services.GetRequiredService<SiloOptions>()) is { Count: > 0 } narrowed)
        {
            FilesNarrowed(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SiloProgram)), string.Join(", ", narrowed));
        }

        await services.GetRequiredService<IOperationsStore>().MigrateAsync(cancel).ConfigureAwait(false);
        await services.GetRequiredService<StoreGrowth>().NoteAsync(cancel).ConfigureAwait(false);
        await GrainHosting.PrepareAsync(services, cancel).ConfigureAwait(false);
        StoreHosting.StartAnnouncing(services);
        await services.GetRequiredService<FirstKey>().EnsureAsync(cancel).ConfigureAwait(false);
        await services.GetRequiredService<KeyRefresh>().RefreshAsync(cancel).ConfigureAwait(false);
    }
}
