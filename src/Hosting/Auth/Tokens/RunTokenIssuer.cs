using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Auth.Tokens;

/// <summary>Issues and verifies run tokens. A token is signed JSON, opaque to clients, and is verified on every request.</summary>
public sealed class RunTokenIssuer(PayloadSigner signing, ExecutionGrainsOptions options, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>Purpose of the signature, and therefore the first part of every run token.</summary>
    public const string Purpose = "egr";

    /// <summary>
    /// Latest accepted expiry, in Unix seconds: the end of the year 9998, so that adding <see cref="SigningKeyRing.ClockSkew"/> cannot overflow.
    /// </summary>
    private const long ExpiryMax = 253_370_764_799;

    /// <summary>Issues a token. It expires after the setting <c>Auth__TokenLifetime</c>, cut to whole seconds.</summary>
    /// <param name="keyId">The cause of the caller (<see cref="Credential.Cause"/>).</param>
    public (string Token, DateTimeOffset ExpiresAt) Issue(string executionId, int epoch, string keyId)
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + options.TokenLifetime).ToUnixTimeSeconds());
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("x", executionId);
            json.WriteNumber("e", epoch);
            json.WriteString("k", keyId);
            json.WriteNumber("exp", expires.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        return (signing.Sign(Purpose, buffer.ToArray()), expires);
    }

    public static bool LooksLikeOne(string text) => text.StartsWith(Purpose + ".", StringComparison.Ordinal);

    /// <summary>Verifies and reads a token. False if the signature is invalid or a field is missing. Does not check the expiry.</summary>
    /// <inheritdoc cref="PayloadSigner.Open" path="/exception"/>
    public bool TryRead(string text, [NotNullWhen(true)] out RunToken? token)
    {
        token = null;
        if (signing.Open(Purpose, text) is not { } payload)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            token = Read(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }

        return token is not null;
    }

    private static RunToken? Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("x", out var execution) && execution.ValueKind == JsonValueKind.String && execution.GetString() is { } id
        && json.TryGetProperty("e", out var epoch) && epoch.ValueKind == JsonValueKind.Number && epoch.TryGetInt32(out var number)
        && json.TryGetProperty("k", out var key) && key.ValueKind == JsonValueKind.String && key.GetString() is { } keyId
        && json.TryGetProperty("exp", out var expiry) && expiry.ValueKind == JsonValueKind.Number && expiry.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= ExpiryMax
            ? new RunToken(id, number, keyId, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;

    public bool HasExpired(RunToken token) => time.GetUtcNow() > token.ExpiresAt + SigningKeyRing.ClockSkew;

    /// <summary>Whether less than half of the lifetime is left, so that a response should carry a new token.</summary>
    public bool IsPastHalf(RunToken token) => token.ExpiresAt - time.GetUtcNow() < options.TokenLifetime / 2;
}
