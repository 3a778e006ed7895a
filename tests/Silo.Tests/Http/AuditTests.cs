using System.Text.Json;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Keys;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>D36: who is named in the audit, and what it contains besides operator actions.</summary>
public sealed class AuditTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    private const string Claims = """{"email":"boss@example.org"}""";

    [Fact]
    public async Task D36_The_audit_names_the_key_and_not_the_claims_of_its_holder()
    {
        var (keyId, key) = await KeyAsync("named", "admin");
        var (cancelled, deleted) = (await silo.Pending(), await silo.Pending());
        (await silo.Post($"/v1/executions/{cancelled}/cancel", "", key)).Is(200);
        (await silo.Post($"/v1/executions/{deleted}/cancel", "", key)).Is(200);
        (await silo.Send(HttpMethod.Delete, $"/v1/executions/{deleted}", null, key)).Is(204);
        var (otherId, _) = await MadeAsync("other", "viewer", key);
        (await silo.Post($"/v1/keys/{otherId}/rotate", "", key)).Is(200);
        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{otherId}", null, key)).Is(204);
        (await silo.Post("/v1/janitor/pause", "", key)).Is(200);
        (await silo.Post("/v1/janitor/resume", "", key)).Is(200);
        (await silo.Post("/v1/secrets/rotate", "", key)).Is(200);

        var rows = (await silo.Get("/v1/audit?by=named&limit=1000")).Is(200).Items;

        Got.Same(
            ["secrets.rotate", "janitor.resume", "janitor.pause", "key.revoke", "key.rotate", "key.create", "delete", "cancel", "cancel"],
            [.. rows.Select(r => r.GetProperty("action").GetString())]);
        Assert.All(rows, row =>
        {
            Assert.Equal((keyId, "named", "127.0.0.1"), (Word(row, "keyId"), Word(row, "keyName"), Word(row, "address")));
            Assert.Equal(Claims, row.GetProperty("claims").GetRawText());
            Assert.NotEqual("", Word(row, "traceId"));
        });
        Assert.Empty((await silo.Get("/v1/audit?by=boss@example.org")).Items);
        var history = (await silo.Get($"/v1/executions/{cancelled}/history")).Is(200).Items;
        Assert.Contains(history, h => Word(h, "type") == "operator.cancel" && Word(h, "by") == "boss@example.org");
    }

    [Fact]
    public async Task D36_The_key_that_a_start_installed_is_in_the_audit()
    {
        var keyId = silo.App.Services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId;

        var row = Assert.Single((await silo.Get("/v1/audit?by=startup")).Is(200).Items);

        Assert.Equal(("key.install", keyId), (Word(row, "action"), Word(row, "reason")));
        Assert.Equal(JsonValueKind.Null, row.GetProperty("keyId").ValueKind);
    }

    [Fact]
    public async Task D36_Signing_in_and_out_is_in_the_audit()
    {
        var (keyId, key) = await KeyAsync("browser", "viewer");
        var cookie = SessionTests.CookieOf(await silo.SignIn(key));
        Assert.Equal(302, (await silo.Send(HttpMethod.Post, "/signout", null, null, ("Cookie", cookie))).Status);
        Assert.Equal(302, (await silo.Send(HttpMethod.Post, "/signout", null, null)).Status);
        await Trail.FlushAsync();

        var rows = (await silo.Get("/v1/audit?by=browser")).Is(200).Items;

        Got.Same(["signout", "signin"], [.. rows.Select(r => Word(r, "action"))]);
        Assert.All(rows, row => Assert.Equal((keyId, "127.0.0.1"), (Word(row, "keyId"), Word(row, "address"))));
    }

    [Fact]
    public async Task D36_Refused_sign_ins_are_one_row_for_each_address_and_minute_with_their_count()
    {
        await Trail.FlushAsync();
        var before = (await RefusedAsync()).Length;
        for (var i = 0; i < 3; i++)
        {
            await silo.SignIn("wrong");
            (await silo.Get("/v1/executions", ApiKey.New())).IsProblem(401, "unauthorized");
        }

        Assert.Equal(before, (await RefusedAsync()).Length);
        await Trail.FlushAsync();
        await silo.SignIn("wrong");
        await Trail.FlushAsync();
        await Trail.FlushAsync();

        var rows = await RefusedAsync();
        Assert.Equal(before + 2, rows.Length);
        Got.Same(["1 within a minute", "6 within a minute"], [.. rows[..2].Select(r => Word(r, "reason"))]);
        Assert.All(rows[..2], row => Assert.Equal(("anonymous", "127.0.0.1"), (Word(row, "by"), Word(row, "address"))));
    }

    [Fact]
    public async Task D36_The_counts_of_a_minute_are_written_when_it_is_over()
    {
        await Trail.FlushAsync();
        var before = (await RefusedAsync()).Length;
        await silo.SignIn("wrong");
        silo.Clock.Advance(TimeSpan.FromMinutes(1));
        // Queued rows are written in order, so after this row the row of the minute is there.
        await Trail.FlushAsync();

        Assert.Equal("1 within a minute", Word((await RefusedAsync())[0], "reason"));
        Assert.Equal(before + 1, (await RefusedAsync()).Length);
    }

    [Fact]
    public async Task D36_A_refused_operator_action_is_in_the_audit_and_its_repetitions_are_counted()
    {
        var (keyId, key) = await KeyAsync("curious", "viewer");
        for (var i = 0; i < 4; i++)
        {
            (await silo.Post("/v1/janitor/pause", "", key)).IsProblem(403, "forbidden");
        }

        var (_, some) = await silo.NewKey("admin", "audit-of-some");
        (await silo.Post("/v1/keys", """{"name":"n","role":"viewer","namespaces":["elsewhere"]}""", some)).IsProblem(403, "forbidden");
        // A refused report is not an operator action.
        (await silo.Post("/v1/executions", """{"executionId":"not-made","workflow":"w"}""", key)).IsProblem(403, "forbidden");
        await Trail.FlushAsync();

        var rows = (await silo.Get("/v1/audit?action=action.refused&by=curious")).Is(200).Items;

        Got.Same(["POST /v1/janitor/pause: 3 more within a minute", "POST /v1/janitor/pause"], [.. rows.Select(r => Word(r, "reason"))]);
        Assert.All(rows, row => Assert.Equal(keyId, Word(row, "keyId")));
        var theirs = Assert.Single((await silo.Get("/v1/audit?action=action.refused", some)).Is(200).Items);
        Assert.Equal(("POST /v1/keys", "audit-of-some"), (Word(theirs, "reason"), Word(theirs, "namespace")));
    }

    [Fact]
    public async Task D36_Any_number_of_refused_calls_adds_a_bounded_number_of_audit_rows()
    {
        await Trail.FlushAsync();
        var before = await CountAsync();
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        for (var i = 0; i < 10_000; i++)
        {
            http.Connection.RemoteIpAddress = new System.Net.IPAddress([198, 51, (byte)(i >> 8), (byte)i]);
            Trail.RefusedSignIn(http);
        }

        await Trail.FlushAsync();

        Assert.Equal(257, await CountAsync() - before);
        var others = Assert.Single((await silo.Get("/v1/audit?by=others")).Is(200).Items);
        Assert.Equal(("signin.refused", "9744 within a minute"), (Word(others, "action"), Word(others, "reason")));
    }

    private AuditWriter Trail => silo.App.Services.GetRequiredService<AuditWriter>();

    private static string? Word(JsonElement row, string name) => row.GetProperty(name).GetString();

    private async Task<JsonElement[]> RefusedAsync() => (await silo.Get("/v1/audit?action=signin.refused&limit=1000")).Is(200).Items;

    private async Task<int> CountAsync() => (await silo.Get("/v1/audit?limit=1000")).Is(200).Items.Length;

    private Task<(string KeyId, string Key)> KeyAsync(string name, string role) => MadeAsync(name, role, SiloFixture.AdminKey);

    private async Task<(string KeyId, string Key)> MadeAsync(string name, string role, string by)
    {
        var got = await silo.Post("/v1/keys", $$"""{"name":"{{name}}","role":"{{role}}","namespaces":["*"],"claims":{{Claims}}}""", by);
        return (got.Is(201).String("keyId")!, got.String("key")!);
    }
}
