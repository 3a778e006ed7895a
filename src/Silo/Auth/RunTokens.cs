using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Hosting;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Makes and reads run tokens: opaque, signed, checked on every request.</summary>
public sealed class RunTokens(Signing signing, SiloOptions options, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>How a run token begins.</summary>
    public const string Purpose = "egr";

    /// <summary>The end of the year 9998, so that skew can be added.</summary>
    private const long ExpiryMax = 253_370_764_799;

    /// <summary>Life of a token, from now.</summary>
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

    /// <summary>False for anything but a token that we signed and that says all it must; an expired one is read.</summary>
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

    public bool HasExpired(RunToken token) => time.GetUtcNow() > token.ExpiresAt + RunToken.Skew;

    /// <summary>Whether the reply should carry a fresh one.</summary>
    public bool IsPastHalf(RunToken token) => token.ExpiresAt - time.GetUtcNow() < options.TokenLifetime / 2;
}
