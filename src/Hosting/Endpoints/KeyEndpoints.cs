using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Providers;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoints for API keys: list, create, rotate, revoke, and the caller's own key.</summary>
public static class KeyEndpoints
{
    private static readonly TimeSpan OverlapDefault = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OverlapMax = TimeSpan.FromDays(30);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/me", Me).WithName("getMe")
            .DescribesOperation(
                ApiTags.Keys, "Read the caller's key", "Role, namespaces, name and expiry of the key of the request, or of the key that opened the session.")
            .RequireAccess(Role.Viewer).ReturnsJson<MeView>().DescribesResponse(200, "The key of the caller.");
        routes.MapGet("/v1/keys", ListAsync).WithName("listKeys")
            .DescribesOperation(ApiTags.Keys, "List API keys", "The keys of the caller's namespaces, without their secrets.")
            .RequireAccess(Role.Admin).ReturnsJson<PageView<KeyView>>().DescribesResponse(200, "All keys, on one page.").Problems(503);
        routes.MapPost("/v1/keys", MakeAsync).WithName("createKey")
            .DescribesOperation(
                ApiTags.Keys,
                "Create an API key",
                "Only this response contains the secret of the key. The key ends when the key that created it is revoked or expires.")
            .RequireAccess(Role.Admin).AcceptsBody<KeyBody>().ReturnsJson<KeyView>(201)
            .DescribesResponse(201, "The key is created. `key` is the secret.").Problems(503);
        routes.MapDelete("/v1/keys/{keyId}", RevokeAsync).WithName("revokeKey")
            .DescribesOperation(
                ApiTags.Keys,
                "Revoke an API key",
                "Revokes the key and all keys that were created with it, directly or indirectly. Their sessions and run tokens end as well, on every silo "
                + "within a second.")
            .RequireAccess(Role.Admin).Produces(204).DescribesResponse(204, "The key is revoked.").Problems(503).ReturnsProblems(ProblemCode.NotFound);
        routes.MapPost("/v1/keys/{keyId}/rotate", RotateAsync).WithName("rotateKey")
            .DescribesOperation(
                ApiTags.Keys,
                "Rotate an API key",
                "Gives the key a new secret, which only this response contains. The previous secret is accepted during the overlap. Sessions and run tokens "
                + "stay valid; if somebody else may know the secret, revoke the key instead.")
            .RequireAccess(Role.Admin).AcceptsAnyJson<RotateBody>(isOptional: true).ReturnsJson<KeyView>()
            .DescribesResponse(200, "The key is rotated. `key` is the new secret.")
            .Problems(503).ReturnsProblems(ProblemCode.NotFound, "conflict");
    }

    private static IResult Me(HttpContext http)
    {
        var key = Credential.Of(http).Key;
        return JsonResponse.Json(new MeView(key.KeyId, key.Name, key.Role.Word(), key.Namespaces ?? ["*"], key.ExpiresAt), ApiJson.Default.MeView);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IOperationsStore store)
    {
        var rows = await store.KeysAsync(http.RequestAborted).ConfigureAwait(false);
        return JsonResponse.Json(
            new PageView<KeyView>([.. rows.Where(r => Governs(http, r.Namespaces)).Select(r => View(r, null))], null), ApiJson.Default.PageViewKeyView);
    }

    private static async Task<IResult> MakeAsync(
        HttpContext http,
        IOperationsStore store,
        ApiKeyCache keys,
        [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request).ConfigureAwait(false);
        var key = ApiKey.New();
        var now = time.GetUtcNow();
        var parent = Current(http, keys);
        var row = RequestBody.Fields(body.RootElement, fields => Read(fields, key, parent, now));
        if (!Governs(http, row.Namespaces))
        {
            throw new RequestException(ProblemCode.Forbidden, "A key can create keys for its own namespaces only.");
        }

        // From here on the call must complete even if the client disconnects.
        await store.AddKeyAsync(row, Audit(http, now, "key.create", row), CancellationToken.None).ConfigureAwait(false);
        await keys.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        return JsonResponse.Json(View(row, key), ApiJson.Default.KeyView, 201);
    }

    private static async Task<IResult> RevokeAsync(
        HttpContext http,
        string keyId,
        IOperationsStore store,
        ApiKeyCache keys,
        [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
    {
        var now = time.GetUtcNow();
        var rows = await store.KeysAsync(http.RequestAborted).ConfigureAwait(false);
        if (rows.FirstOrDefault(r => r.KeyId == keyId && Governs(http, r.Namespaces)) is not { } row
            || !await store.RevokeKeyAsync(keyId, now, Audit(http, now, "key.revoke", row), CancellationToken.None).ConfigureAwait(false))
        {
            return new ProblemResult(ProblemCode.NotFound, "There is no such key.");
        }

        await keys.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        return Results.NoContent();
    }

    private static async Task<IResult> RotateAsync(
        HttpContext http,
        string keyId,
        IOperationsStore store,
        IAccessStore access,
        ApiKeyCache keys,
        [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
    {
        var overlap = await OverlapAsync(http.Request).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var rows = await store.KeysAsync(http.RequestAborted).ConfigureAwait(false);
        if (rows.FirstOrDefault(r => r.KeyId == keyId && Governs(http, r.Namespaces)) is not { } row || keys.ById(keyId) is null)
        {
            return new ProblemResult(ProblemCode.NotFound, "There is no such key, or it is not valid.");
        }

        if (Current(http, keys) is { } caller && !Lasts(rows, caller.KeyId, row))
        {
            throw new RequestException(
                ProblemCode.Forbidden, "A key that expires or was created by another key can rotate only itself and the keys that it created.");
        }

        if (AdminKeySetup.IsBootstrap(keyId))
        {
            return new ProblemResult("conflict", "The bootstrap key is set by ExecutionGrains__Auth__BootstrapKey; change it there.");
        }

        var key = ApiKey.New();
        // From here on the call must complete even if the client disconnects.
        var audit = Audit(http, now, "key.rotate", row);
        if (!await access.RotateKeyAsync(keyId, ApiKey.Hash(key), now + overlap, now, audit, CancellationToken.None).ConfigureAwait(false))
        {
            return new ProblemResult(ProblemCode.NotFound, "There is no such key, or it is not valid.");
        }

        await keys.RefreshAsync(CancellationToken.None).ConfigureAwait(false);
        return JsonResponse.Json(View(row, key), ApiJson.Default.KeyView);
    }

    /// <summary>
    /// The caller's key, looked up again because it may have ended while the body was read. Null for an external caller: it has no stored key, so it cannot be
    /// the parent of one.
    /// </summary>
    /// <exception cref="RequestException">The key was revoked or has expired.</exception>
    private static ApiKey? Current(HttpContext http, ApiKeyCache keys)
    {
        var credential = Credential.Of(http);
        return ExternalCaller.IsCause(credential.Cause) ? null
            : keys.ById(credential.Key.KeyId) ?? throw new RequestException(ProblemCode.Unauthorized, "The key was revoked or has expired.");
    }

    /// <summary>
    /// Whether the caller's key ends no earlier than the rotated key: it has no end, or it is that key or one above it. Otherwise the caller could keep access
    /// after its own key ended, by means of the new secret.
    /// </summary>
    private static bool Lasts(IReadOnlyList<ApiKeyRow> rows, string caller, ApiKeyRow rotated)
    {
        var byId = rows.ToDictionary(row => row.KeyId, StringComparer.Ordinal);
        if (byId[caller] is { ParentId: null, ExpiresAt: null })
        {
            return true;
        }

        var at = rotated;
        for (var n = 0; at is not null && n <= rows.Count; n++)
        {
            if (at.KeyId == caller)
            {
                return true;
            }

            at = at.ParentId is { } parent ? byId.GetValueOrDefault(parent) : null;
        }

        return false;
    }

    private static async Task<TimeSpan> OverlapAsync(HttpRequest request)
    {
        using var body = await RequestBody.ReadObjectAsync(request, mayBeEmpty: true).ConfigureAwait(false);
        return RequestBody.Fields(body.RootElement, fields =>
        {
            if (fields.String("overlap") is not { } text)
            {
                return OverlapDefault;
            }

            if (!DurationParser.TryParse(text, out var overlap) || overlap < TimeSpan.Zero || overlap > OverlapMax)
            {
                fields.Fail("overlap", "must be a time as hh:mm:ss, from 00:00:00 to 720:00:00");
            }

            return overlap;
        });
    }

    private static ApiKeyRow Read(JsonFields fields, string key, ApiKey? parent, DateTimeOffset now) => new(
        $"key_{Guid.CreateVersion7():N}",
        fields.Name("name", required: true) ?? "",
        (fields.Word<Role>("role", required: true) ?? Role.Viewer).Word(),
        Namespaces(fields),
        ApiKey.Hash(key),
        Claims(fields),
        now,
        ExpiresAt(fields, parent, now),
        null,
        parent?.KeyId);

    /// <summary>
    /// The expiry of a new key. A past time is refused, because the key would never work and its creator would look for the cause elsewhere. A key must not
    /// outlive its parent; without a requested expiry it gets the parent's.
    /// </summary>
    private static DateTimeOffset? ExpiresAt(JsonFields fields, ApiKey? parent, DateTimeOffset now)
    {
        var end = fields.Time("expiresAt");
        if (end <= now)
        {
            fields.Fail("expiresAt", "must be in the future");
        }
        else if (end > parent?.ExpiresAt)
        {
            fields.Fail("expiresAt", "must not be after the expiry of the key that makes it");
        }

        return end ?? parent?.ExpiresAt;
    }

    /// <summary>
    /// The namespaces of a new key; null, from <c>*</c>: all. The field is required, because a key for all namespaces should not be created by omission.
    /// </summary>
    private static List<string>? Namespaces(JsonFields fields)
    {
        var names = new List<string>();
        if (fields.TryGet("namespaces", out var value) && value.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in value.EnumerateArray())
            {
                if (!Text.TryGet(element, out var name) || NameRule.Validate(name) is not null)
                {
                    names.Clear();
                    break;
                }

                names.Add(name);
            }
        }

        if (names.Count == 0)
        {
            fields.Fail("namespaces", "must be an array of at least one name, or of *");
        }

        return names.Contains("*") ? null : names;
    }

    private static string? Claims(JsonFields fields)
    {
        if (!fields.TryGet("claims", out var value))
        {
            return null;
        }

        var bytes = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind == JsonValueKind.Object && bytes.Length <= 4_096 && value.EnumerateObject().All(HasName))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        fields.Fail("claims", "must be an object of at most 4096 bytes; property names must hold no lone surrogates");
        return null;
    }

    private static bool HasName(JsonProperty claim)
    {
        try
        {
            return UnicodeText.IsWellFormed(claim.Name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether the caller may manage a key with these namespaces (null: all): the caller must have all of them.</summary>
    private static bool Governs(HttpContext http, IReadOnlyList<string>? namespaces)
    {
        var credential = Credential.Of(http);
        return credential.Key.Namespaces is null || (namespaces?.All(credential.Sees) ?? false);
    }

    /// <summary>
    /// The audit row of an action on a key. If the key has exactly one namespace, the row is in it, so that the admins of that namespace can read it.
    /// </summary>
    private static AuditRow Audit(HttpContext http, DateTimeOffset now, string action, ApiKeyRow key) =>
        AuditContext.Row(http, now, action, key.Namespaces is [var only] ? only : null, key.KeyId);

    private static KeyView View(ApiKeyRow row, string? key) => new()
    {
        KeyId = row.KeyId,
        Key = key,
        Name = row.Name,
        Role = row.Role,
        Namespaces = row.Namespaces ?? ["*"],
        Claims = row.Claims is null ? null : new RawJson(Encoding.UTF8.GetBytes(row.Claims)),
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
        RevokedAt = row.RevokedAt,
    };
}
