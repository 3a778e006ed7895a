using ExecutionGrains.Grains;
using ExecutionGrains.Hosting;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Hosting.Setup;
using ExecutionGrains.Silo.Clustering;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Silo.Configuration;
using ExecutionGrains.Storage;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ExecutionGrains.Silo;

/// <summary>Runs the program: a command, or a silo that is composed from the configuration.</summary>
public static partial class SiloProgram
{
    /// <summary>
    /// Kestrel's limit of a request body. 32 MiB. It is above the API's own limit (4 MiB), so that the silo drains a larger body and answers it instead of
    /// closing the connection.
    /// </summary>
    private const long DrainedBytesMax = 32L * 1024 * 1024;

    /// <summary>
    /// Kestrel's limit of a request head. 64 KiB, twice the API's own limit, so that the API can answer a larger head with an error that names the limit.
    /// Kestrel answers a head above this limit without a body. It buffers up to this much before authentication.
    /// </summary>
    private const int HeadBytesMax = 64 * 1024;

    /// <summary>Longest time for receiving a request head. 10 s.</summary>
    private static readonly TimeSpan HeadTime = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for requests, grains and queues to finish when the silo stops. 20 s.</summary>
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Longest time from the request to stop until the process exits. 35 s, less than the configurations in deploy/ allow before they kill it.
    /// </summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(35);

    private static Timer? ending;

    /// <returns>The exit code: 0, or 1 if the silo could not start or the command failed. The reason is then one line on the error stream.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        // Before the process creates its first file, so that only its user can access its files.
        OwnerOnly.RestrictProcess();
        try
        {
            if (CertificatesCommand.Find(args) is { } certificates)
            {
                certificates.Run(TimeProvider.System, Console.Out);
                return 0;
            }

            if (AuditCommand.Find(args) is { } audit)
            {
                await using var output = Console.OpenStandardOutput();
                return await audit.RunAsync(TimeProvider.System, output, CancellationToken.None).ConfigureAwait(false);
            }

            if (StoreCommand.Find(args) is { } command)
            {
                await command.RunAsync(TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
                return 0;
            }

            await using var app = await BuildAsync(args).ConfigureAwait(false);
            await ListenAsync(app).ConfigureAwait(false);
            app.Services.GetRequiredService<AdminKeySetup>().Tell(app.Urls.First());
            using var stopping = app.Lifetime.ApplicationStopping.Register(() => EndBy(StopMax));
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure)
        {
            // All of them: an exception that leaves the program ends it by a signal (exit code 134) with a stack dump.
            var what = CertificatesCommand.Find(args) is not null ? "make certificates"
                : AuditCommand.Find(args) is { } audit ? audit.Name
                : StoreCommand.Find(args) is { } command ? command.Name : "start";
            await Console.Error.WriteLineAsync($"ExecutionGrains cannot {what}: {Reason(failure).ReplaceLineEndings(" ")}").ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>The message; of an exception that nobody foresaw, its type too.</summary>
    private static string Reason(Exception failure) => failure switch
    {
        StartException or StoreException or IOException or UnauthorizedAccessException or ArgumentException => failure.Message,
        AggregateException { InnerExceptions: [var only] } => Reason(only),
        _ => $"{failure.GetType().Name}: {failure.Message}",
    };

    /// <summary>
    /// Ends the process if the stop has not finished in time, for example because the store does not answer. No data is lost: the silo answers a request only
    /// after its changes are stored.
    /// </summary>
    private static void EndBy(TimeSpan max) => ending = new Timer(
        _ =>
        {
            Console.Error.WriteLine($"ExecutionGrains did not stop within {max.TotalSeconds:F0} s; the process exits now.");
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
        catch (Exception failure) when (OrleansSetup.StartFault(failure, app.Services.GetRequiredService<ProgramOptions>()) is { } fault)
        {
            throw new StartException(fault);
        }
        catch (Exception failure)
        {
            // Kestrel starts last, so the grains and the background services run. Disposing them without a stop would make them fail with stack traces.
            await StopAsync(app).ConfigureAwait(false);
            if (failure is not (InvalidOperationException or System.Net.Sockets.SocketException))
            {
                throw;
            }

            // Kestrel throws these if it cannot listen at an address: HTTPS without a certificate, a port that needs more rights, another machine's address.
            var urls = app.Services.GetRequiredService<ProgramOptions>().Urls;
            throw new StartException($"ExecutionGrains__Urls is {urls}, and the server cannot listen there: {failure.Message}");
        }
    }

    /// <summary>Stops what a failed start has started. A failure or a timeout of the stop does not replace the reason of the start.</summary>
    private static async Task StopAsync(WebApplication app)
    {
        using var limit = new CancellationTokenSource(DrainMax);
        try
        {
            await app.StopAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The process ends with the reason of the start.
        }
    }

    /// <summary>Builds the silo, migrates the store and ensures a usable key. The result listens once it is started.</summary>
    /// <exception cref="StartException">The configuration is invalid.</exception>
    /// <exception cref="StoreException">The store is unavailable, has a newer schema, or is in use by another silo.</exception>
    /// <param name="time">The tracker's clock. Default null: the system's clock.</param>
    /// <param name="compose">Overrides for tests.</param>
    public static async Task<WebApplication> BuildAsync(string[] args, TimeProvider? time = null, Action<IServiceCollection>? compose = null)
    {
        var builder = ProgramBuilder.Create(args);
        var options = ProgramOptionsReader.Read(builder.Configuration);
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
            RequestClientCertificates(kestrel, options);
            ListenAddresses.TakeOnly(kestrel, builder.Configuration);
        });
        // At level Information, ASP.NET Core logs request lines, and the request line of a dashboard link contains its one-time sign-in code.
        builder.Logging.AddFilter("Microsoft.AspNetCore", Microsoft.Extensions.Logging.LogLevel.Warning);
        // The base class of the authentication handlers logs every refused request at level Information, under the handler's own category.
        builder.Logging.AddFilter("ExecutionGrains.Hosting.Auth.Schemes", Microsoft.Extensions.Logging.LogLevel.Warning);
        var logFilter = new RuntimeLogFilter(TimeProvider.System);
        logFilter.Filter(builder.Logging, builder.Configuration);
        AddServices(builder.Services, options, time ?? TimeProvider.System);
        Telemetry.Add(builder.Services, builder.Configuration);
        compose?.Invoke(builder.Services);
        QueuedLoggerFactory.Use(builder.Services);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            logFilter.Serve();
            // Callbacks run in reverse order of registration, so this one runs before the host logs that it shuts down.
            app.Lifetime.ApplicationStopping.Register(logFilter.Stop);
        });
        Map(app);
        StartWarnings.Log(options, (time ?? TimeProvider.System).GetUtcNow(), app.Logger);
        try
        {
            await PrepareAsync(app, CancellationToken.None).ConfigureAwait(false);
            return app;
        }
        catch
        {
            // Also closes the store and so releases its lock, which the next start needs.
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Makes HTTPS endpoints request a client certificate if client certificates are configured. A caller may send none. The TLS layer accepts any
    /// certificate; the certificate authentication scheme verifies it.
    /// </summary>
    private static void RequestClientCertificates(KestrelServerOptions kestrel, ProgramOptions options)
    {
        if (options.Certificates is not null)
        {
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }
    }

    private static void AddServices(IServiceCollection services, ProgramOptions options, TimeProvider time)
    {
        services.AddKeyedSingleton(TrackerClock.Key, time);
        services.AddSingleton(options);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainMax);
        services.AddOrleans(silo => OrleansSetup.Configure(silo, options));
        DataProtectionSetup.Add(services);
    }

    private static void Map(WebApplication app)
    {
        ForwardedHeadersSetup.Use(app, app.Services.GetRequiredService<ProgramOptions>());
        app.UseExecutionGrains(everyRequest: true);
        app.MapExecutionGrains();
        OrleansSetup.Map(app);
    }

    private static async Task PrepareAsync(WebApplication app, CancellationToken cancel)
    {
        try
        {
            await app.Services.GetRequiredService<TrackerStartup>().PrepareAsync(cancel).ConfigureAwait(false);
        }
        catch (NoKeyException failure)
        {
            var urls = app.Services.GetRequiredService<ProgramOptions>().Urls;
            throw new StartException($"ExecutionGrains__Urls is {urls}, which is not loopback only, and {failure.Message}");
        }
    }
}
