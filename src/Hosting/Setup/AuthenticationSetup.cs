using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Providers;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Auth.Schemes;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ExecutionGrains.Hosting.Setup;

/// <summary>Registers the authentication schemes, the authorization handler, the audit trail and the request limits.</summary>
internal static class AuthenticationSetup
{
    /// <summary>Accepted JWT signature algorithms. All are asymmetric: verification needs only the issuer's public key, no shared secret.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Add(IServiceCollection services, ExecutionGrainsOptions options)
    {
        services.AddSingleton<CallerResolver>().AddSingleton<SessionRevocations>().AddSingleton<SessionCookies>().AddSingleton<SchemeSelector>();
        services.AddSingleton<AuthMetrics>().AddSingleton<FailedSignInLimiter>().AddSingleton<RequestRateLimits>();
        services.AddSingleton<IAuthorizationHandler, AccessHandler>().AddSingleton<IAuthorizationMiddlewareResultHandler, AccessResultHandler>();
        services.AddSingleton<AuditWriter>().AddHostedService(provider => provider.GetRequiredService<AuditWriter>());
        services.AddAuthorization();
        services.AddRateLimiter(_ => { });
        var schemes = services.AddAuthentication()
            .AddPolicyScheme(SchemeNames.Any, null, any =>
                any.ForwardDefaultSelector = http => http.RequestServices.GetRequiredService<SchemeSelector>().Of(http))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(SchemeNames.ApiKey, null)
            .AddScheme<AuthenticationSchemeOptions, RunTokenHandler>(SchemeNames.RunToken, null)
            .AddScheme<AuthenticationSchemeOptions, SessionHandler>(SchemeNames.Session, null);

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
            // Not the app's Data Protection: a sign-in may start on one silo and end on another, and the silos share the tracker's secrets.
            services.AddOptions<OpenIdConnectOptions>(SchemeNames.OpenIdConnect)
                .Configure<PayloadSigner>((oidc, signing) => oidc.DataProtectionProvider = new SigningDataProtectionProvider(signing));
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
            certificates.Events = CertificateEvents.Events(settings);
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
            // The provider redirects back by GET, so the browser sends SameSite=Lax cookies with it. This also works over HTTP on loopback.
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.CorrelationCookie.SameSite = SameSiteMode.Lax;
            oidc.NonceCookie.SameSite = SameSiteMode.Lax;
            oidc.UsePkce = true;
            oidc.SaveTokens = false;
            oidc.MapInboundClaims = false;
            oidc.DisableTelemetry = true;
            oidc.Scope.Add("email");
            oidc.TokenValidationParameters.ValidAlgorithms = Algorithms;
            oidc.TokenValidationParameters.ClockSkew = SigningKeyRing.ClockSkew;
            oidc.Events.OnTicketReceived = context => OpenIdConnectSignIn.ReceiveAsync(context, settings.Claims);
            oidc.Events.OnRemoteFailure = OpenIdConnectSignIn.FailAsync;
        });

    private static void AddJwt(AuthenticationBuilder schemes, JwtSettings settings) => schemes.AddJwtBearer(SchemeNames.Jwt, jwt =>
    {
        jwt.Authority = settings.Authority;
        jwt.Audience = settings.Audience;
        // ProgramOptionsReader accepts an http:// authority only on loopback.
        jwt.RequireHttpsMetadata = settings.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        jwt.MapInboundClaims = false;
        jwt.SaveToken = false;
        jwt.TokenValidationParameters.ValidAlgorithms = Algorithms;
        jwt.TokenValidationParameters.ClockSkew = SigningKeyRing.ClockSkew;
        jwt.TokenValidationParameters.RequireExpirationTime = true;
        jwt.TokenValidationParameters.RequireSignedTokens = true;
        jwt.Events = JwtEvents.Of(settings);
    });
}
