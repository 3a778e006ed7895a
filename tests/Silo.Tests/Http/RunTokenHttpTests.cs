using System.Text;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class RunTokenHttpTests(RunTokenHttpTests.Silo silo) : IClassFixture<RunTokenHttpTests.Silo>
{
    private const string Beat = """{"type":"heartbeat"}""";

    [Fact]
    public async Task A_run_token_reports_for_its_execution()
    {
        var (id, token) = await silo.Running();

        var got = await silo.Report(id, Beat, token);

        Got.Same(["applied"], got.Is(200).Words("results", "result"));
        Assert.False(got.Body.TryGetProperty("token", out var fresh) && fresh.ValueKind != System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task S28_a_token_of_another_execution_is_refused_with_that_reason()
    {
        var (_, token) = await silo.Running();
        var (other, _) = await silo.Running();

        (await silo.Report(other, Beat, token)).IsProblem(403, "token_wrong_execution");
        (await silo.Report("nobody", Beat, token)).IsProblem(403, "token_wrong_execution");
    }

    [Fact]
    public async Task S28_a_token_is_valid_for_no_other_call()
    {
        var (id, token) = await silo.Running();

        (await silo.Get($"/v1/executions/{id}", token)).IsProblem(403, "forbidden");
        (await silo.Get("/v1/executions", token)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/executions", """{"workflow":"w"}""", token)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1"}""", token)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/cancel", "{}", token)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/events", $$"""[{"executionId":"{{id}}","eventId":"1","type":"log","message":"m"}]""", token)).IsProblem(403, "forbidden");
        (await silo.Get("/v1/keys", token)).IsProblem(403, "forbidden");
    }

    [Fact]
    public async Task S28_a_modified_token_or_one_signed_by_another_key_is_invalid()
    {
        var (id, token) = await silo.Running();
        var changed = token[..^1] + (token[^1] == 'A' ? 'B' : 'A');
        var other = PayloadSigner.With(PayloadSigner.NewSecret());

        (await silo.Report(id, Beat, changed)).IsProblem(401, "token_invalid");
        (await silo.Report(id, Beat, token.ToUpperInvariant())).IsProblem(401, "token_invalid");
        (await silo.Report(id, Beat, token.ToLowerInvariant())).IsProblem(401, "token_invalid");
        (await silo.Report(id, Beat, token + ".x")).IsProblem(401, "token_invalid");
        (await silo.Report(id, Beat, "garbage")).IsProblem(401, "token_invalid");
        (await silo.Report(id, Beat, other.Sign(RunTokenIssuer.Purpose, "{}"u8))).IsProblem(401, "token_invalid");
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","exp":null""")]
    [InlineData(""","exp":"4102444800" """)]
    [InlineData(""","exp":1.5""")]
    [InlineData(""","exp":9223372036854775807""")]
    [InlineData(""","exp":true""")]
    public async Task S28_a_token_without_a_numeric_expiry_is_invalid(string expiry)
    {
        var (id, _) = await silo.Running();
        var keyId = silo.App.Services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId;
        var payload = Encoding.UTF8.GetBytes($$"""{"x":"{{id}}","e":1,"k":"{{keyId}}"{{expiry}}}""");
        var token = silo.App.Services.GetRequiredService<PayloadSigner>().Sign(RunTokenIssuer.Purpose, payload);

        (await silo.Report(id, Beat, token)).IsProblem(401, "token_invalid");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"x":7,"e":"1","k":null,"exp":4102444800}""")]
    public async Task S28_a_signed_token_with_invalid_content_is_invalid(string payload)
    {
        var (id, _) = await silo.Running();
        var token = silo.App.Services.GetRequiredService<PayloadSigner>().Sign(RunTokenIssuer.Purpose, Encoding.UTF8.GetBytes(payload));

        (await silo.Report(id, Beat, token)).IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task S28_an_expired_token_is_refused_with_that_reason()
    {
        var (id, _) = await silo.Running();
        var (token, _) = silo.Issue(id, 1, TimeSpan.FromHours(-24) - TimeSpan.FromSeconds(7));

        (await silo.Report(id, Beat, token)).IsProblem(401, "token_expired");
        (await silo.Get("/v1/executions", token)).IsProblem(401, "token_expired");
    }

    [Fact]
    public async Task Five_seconds_of_skew_are_accepted()
    {
        var (id, _) = await silo.Running();
        var (token, _) = silo.Issue(id, 1, TimeSpan.FromHours(-24) - TimeSpan.FromSeconds(3));

        (await silo.Report(id, Beat, token)).Is(200);
    }

    [Fact]
    public async Task S28_a_token_of_an_older_epoch_is_stale_whatever_epoch_the_request_names()
    {
        var (id, token) = await silo.Running();
        await silo.Report(id, """{"eventId":"p","type":"execution.paused"}""", token);
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""")).Is(200);

        foreach (var epoch in new[] { 1, 2, 3 })
        {
            var got = await silo.Post($"/v1/executions/{id}/events", $$"""{"epoch":{{epoch}},"events":[{"eventId":"x","type":"log","message":"m"}]}""", token);
            Got.Same(["stale_epoch"], got.Is(200).Words("results", "code"));
            Assert.True(got["control"].GetProperty("stop").GetBoolean());
        }
    }

    [Fact]
    public async Task A_token_is_renewed_after_half_its_lifetime()
    {
        var (id, _) = await silo.Running();
        var (token, _) = silo.Issue(id, 1, TimeSpan.FromHours(-13));

        var got = await silo.Report(id, Beat, token);

        Got.IsTime(got.Is(200)["tokenExpiresAt"]);
        var fresh = got.String("token")!;
        Assert.NotEqual(token, fresh);
        (await silo.Report(id, Beat, fresh)).Is(200);
    }

    /// <summary>A silo that can issue tokens at another time.</summary>
    public sealed class Silo : SiloFixture
    {
        internal (string Token, DateTimeOffset ExpiresAt) Issue(string id, int epoch, TimeSpan ago)
        {
            var services = App.Services;
            var time = new ManualTime { Now = DateTimeOffset.UtcNow + ago };
            var tokens = new RunTokenIssuer(services.GetRequiredService<PayloadSigner>(), services.GetRequiredService<ExecutionGrainsOptions>(), time);
            return tokens.Issue(id, epoch, services.GetRequiredService<ApiKeyCache>().Find(AdminKey)!.KeyId);
        }
    }
}
