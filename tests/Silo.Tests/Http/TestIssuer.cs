using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>
/// An identity provider on a free port of this machine, with its own keys. It serves metadata and keys, and signs in every caller by redirects.
/// </summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string Audience = "executiongrains-tests";
    public const string ClientId = "dashboard";
    public const string ClientSecret = "the secret of the dashboard";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly Dictionary<string, (string Nonce, string Challenge, string RedirectUri)> _codes = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private TestIssuer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>The user who is signed in at the provider.</summary>
    public Dictionary<string, object> Person { get; set; } = Claims("ada", "viewer", "*");

    public SigningCredentials Key => new(new RsaSecurityKey(_rsa) { KeyId = "one" }, SecurityAlgorithms.RsaSha256);

    public RSAParameters PublicKey => _rsa.ExportParameters(includePrivateParameters: false);

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var issuer = new TestIssuer(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = issuer.Url,
            ["jwks_uri"] = $"{issuer.Url}/keys",
            ["authorization_endpoint"] = $"{issuer.Url}/authorize",
            ["token_endpoint"] = $"{issuer.Url}/token",
            ["response_types_supported"] = new[] { "code" },
            ["subject_types_supported"] = new[] { "public" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        app.MapGet("/keys", () => Results.Json(new Dictionary<string, object> { ["keys"] = new[] { issuer.Jwk() } }));
        app.MapGet("/authorize", (Delegate)issuer.Authorize);
        app.MapPost("/token", (Delegate)issuer.ExchangeAsync);
        await app.StartAsync();
        return issuer;
    }

    public static Dictionary<string, object> Claims(string subject, object? role, object? namespaces)
    {
        var claims = new Dictionary<string, object> { ["sub"] = subject };
        if (role is not null)
        {
            claims["role"] = role;
        }

        if (namespaces is not null)
        {
            claims["namespaces"] = namespaces;
        }

        return claims;
    }

    /// <summary>A token that expires in this number of seconds.</summary>
    public string Token(
        Dictionary<string, object> claims, int seconds = 300, string? audience = Audience, string? issuer = null, SigningCredentials? key = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Url,
            Audience = audience,
            Claims = claims,
            NotBefore = DateTime.UtcNow.AddHours(-1),
            IssuedAt = DateTime.UtcNow.AddHours(-1),
            Expires = DateTime.UtcNow.AddSeconds(seconds),
            SigningCredentials = key ?? Key,
        });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
    }

    private Dictionary<string, string> Jwk() => new()
    {
        ["kty"] = "RSA",
        ["use"] = "sig",
        ["alg"] = "RS256",
        ["kid"] = "one",
        ["n"] = Base64UrlEncoder.Encode(PublicKey.Modulus),
        ["e"] = Base64UrlEncoder.Encode(PublicKey.Exponent),
    };

    private IResult Authorize(HttpContext http)
    {
        var query = http.Request.Query;
        var isOpenId = query["scope"].ToString().Contains("openid", StringComparison.Ordinal);
        if (query["client_id"] != ClientId || query["code_challenge_method"] != "S256" || !isOpenId)
        {
            return Results.BadRequest();
        }

        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString(), query["redirect_uri"].ToString());
        return Results.Redirect(QueryHelpers.AddQueryString(
            query["redirect_uri"].ToString(), new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"].ToString() }));
    }

    private async Task<IResult> ExchangeAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (!_codes.Remove(form["code"].ToString(), out var known)
            || form["client_secret"] != ClientSecret
            || form["redirect_uri"] != known.RedirectUri
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != known.Challenge)
        {
            return Results.Json(new Dictionary<string, string> { ["error"] = "invalid_grant" }, statusCode: 400);
        }

        var claims = new Dictionary<string, object>(Person) { ["nonce"] = known.Nonce };
        return Results.Json(new Dictionary<string, object>
        {
            ["id_token"] = Token(claims, audience: ClientId),
            ["access_token"] = "unused",
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
        });
    }
}
