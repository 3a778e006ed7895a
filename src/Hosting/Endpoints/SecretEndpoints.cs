using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoint for rotating the secrets that sign run tokens and sessions.</summary>
public static class SecretEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/secrets/rotate", RotateAsync).WithName("rotateSecrets")
            .DescribesOperation(
                ApiTags.Keys,
                "Rotate the signing secrets",
                "After a few seconds, every silo signs run tokens and sessions with new secrets. Those signed with the previous secrets stay valid until they "
                + "expire.")
            .RequireAccess(Role.Admin, everywhere: true).ReturnsJson<SecretsView>().DescribesResponse(200, "The secrets are rotated.").Problems(503);

    private static async Task<IResult> RotateAsync(
        HttpContext http,
        SecretVault vault,
        PayloadSigner signing,
        [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
    {
        // The rotation must complete even if the client disconnects.
        var audit = AuditContext.Row(http, time.GetUtcNow(), "secrets.rotate", null, null);
        var rings = await vault.RotateAsync(audit, CancellationToken.None).ConfigureAwait(false);
        await signing.RefreshAsync(vault, CancellationToken.None).ConfigureAwait(false);
        return JsonResponse.Json(View(rings), ApiJson.Default.SecretsView);
    }

    private static SecretsView View(SigningKeyRings rings) =>
        new(rings.Tokens.Secrets[0].SignsFrom, rings.Tokens.PreviousUntil!.Value, rings.Sessions.PreviousUntil!.Value);
}
