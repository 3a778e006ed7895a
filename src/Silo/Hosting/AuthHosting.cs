using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Auth.Schemes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Adds who may call: the authentication schemes, the authorization handler and the limits at the door.</summary>
internal static class AuthHosting
{
    /// <summary>ASP.NET Core's own; it is internal.</summary>
    private const string KeyRingService = "DataProtectionHostedService";

    /// <summary>Only signatures whose verification needs no secret of ours.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Add(IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton<Callers>().AddSingleton<EndedSessions>().AddSingleton<Sessions>().AddSingleton<SchemeSelection>();
        services.AddSingleton<RefusalCounters>().AddSingleton<FailedSignIns>().AddSingleton<RequestLimits>();
        services.AddSingleton<IAuthorizationHandler, AccessHandler>().AddSingleton<IAuthorizationMiddlewareResultHandler, AccessResultHandler>();
        services.AddSingleton<AuditTrail>().AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.AddAuthorization();
        services.AddRateLimiter(_ => { });
        var schemes = services.AddAuthentication()
            .AddPolicyScheme(SchemeNames.Any, null, any =>
                any.ForwardDefaultSelector = http => http.RequestServices.GetRequiredService<SchemeSelection>().Of(http))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(SchemeNames.ApiKey, null)
            .AddScheme<AuthenticationSchemeOptions, RunTokenHandler>(SchemeNames.RunToken, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SchemeNames.Session, null);
        // No ring of keys in the home folder, and no service that makes one.
        services.RemoveAll<IDataProtectionProvider>().AddSingleton<IDataProtectionProvider, SigningProtection>();
        foreach (var ring in services.Where(s => s.ImplementationType?.Name == KeyRingService).ToList())
        {
            services.Remove(ring);
        }

        if (options.Jwt is { } jwt)
        {
            AddJwt(schemes, jwt);
        }

        if (options.Certificates is { } certificates)
        {
            AddCertificates(schemes, certificates);
        }

        if (options.OpenIdConnect is { } provider)
        {
            AddOpenIdConnect(schemes, provider);
        }
    }

    /// <summary>Lets https ask for a client certificate, which a caller may leave out; the scheme verifies it.</summary>
    public static void Ask(KestrelServerOptions kestrel, SiloOptions options)
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

    private static void AddCertificates(AuthenticationBuilder schemes, CertificateSettings settings) =>
        schemes.AddCertificate(SchemeNames.Certificate, certificates =>
        {
            certificates.AllowedCertificateTypes = CertificateTypes.Chained;
            certificates.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
            certificates.CustomTrustStore.ImportFromPemFile(settings.AuthorityPath);
            certificates.RevocationMode = X509RevocationMode.NoCheck;
            certificates.ValidateCertificateUse = true;
            certificates.ValidateValidityPeriod = true;
            certificates.Events = CertificateReading.Events(settings);
        });

    private static void AddOpenIdConnect(AuthenticationBuilder schemes, OpenIdConnectSettings settings) =>
        schemes.AddOpenIdConnect(SchemeNames.OpenIdConnect, oidc =>
        {
            oidc.Authority = settings.Authority;
            oidc.RequireHttpsMetadata = settings.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            oidc.ClientId = settings.ClientId;
            oidc.ClientSecret = settings.ClientSecret;
            oidc.CallbackPath = OpenIdConnectSignIn.CallbackPath;
            oidc.SignInScheme = SchemeNames.Session;
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            // Comes back by GET, so that cookies of SameSite Lax come with it, also over http on loopback.
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.CorrelationCookie.SameSite = SameSiteMode.Lax;
            oidc.NonceCookie.SameSite = SameSiteMode.Lax;
            oidc.UsePkce = true;
            oidc.SaveTokens = false;
            oidc.MapInboundClaims = false;
            oidc.DisableTelemetry = true;
            oidc.Scope.Add("email");
            oidc.TokenValidationParameters.ValidAlgorithms = Algorithms;
            oidc.TokenValidationParameters.ClockSkew = RunToken.Skew;
            oidc.Events.OnTicketReceived = context => OpenIdConnectSignIn.ReceiveAsync(context, settings.Claims);
            oidc.Events.OnRemoteFailure = OpenIdConnectSignIn.FailAsync;
        });

    private static void AddJwt(AuthenticationBuilder schemes, JwtSettings settings) => schemes.AddJwtBearer(SchemeNames.Jwt, jwt =>
    {
        jwt.Authority = settings.Authority;
        jwt.Audience = settings.Audience;
        // Http is taken for loopback only (OptionsReading).
        jwt.RequireHttpsMetadata = settings.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        jwt.MapInboundClaims = false;
        jwt.SaveToken = false;
        jwt.TokenValidationParameters.ValidAlgorithms = Algorithms;
        jwt.TokenValidationParameters.ClockSkew = RunToken.Skew;
        jwt.TokenValidationParameters.RequireExpirationTime = true;
        jwt.TokenValidationParameters.RequireSignedTokens = true;
        jwt.Events = JwtEvents.Of(settings);
    });
}
