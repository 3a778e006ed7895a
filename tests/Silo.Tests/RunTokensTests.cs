using System.Text;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Settings;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class RunTokensTests
{
    private readonly ManualTime time = new();
    private readonly PayloadSigner signing = PayloadSigner.With(PayloadSigner.NewSecret());

    [Fact]
    public void A_token_contains_its_execution_epoch_and_key()
    {
        var (text, expires) = Tokens().Issue("run-1", 3, "key-1");

        Assert.True(Tokens().TryRead(text, out var token));
        Assert.Equal(new RunToken("run-1", 3, "key-1", expires), token);
    }

    [Fact]
    public void S28_a_token_expires_five_seconds_after_its_lifetime()
    {
        var tokens = Tokens();
        var (text, expires) = tokens.Issue("run-1", 1, "key-1");
        Assert.True(tokens.TryRead(text, out var token));

        time.Now = expires + TimeSpan.FromSeconds(5);
        Assert.False(tokens.HasExpired(token));
        time.Now += TimeSpan.FromTicks(1);
        Assert.True(tokens.HasExpired(token));
    }

    [Fact]
    public void S28_a_token_signed_by_another_key_is_refused()
    {
        var other = new RunTokenIssuer(PayloadSigner.With(PayloadSigner.NewSecret()), new ExecutionGrainsOptions(), time);

        Assert.False(Tokens().TryRead(other.Issue("run-1", 1, "key-1").Token, out _));
    }

    [Theory]
    [InlineData("""{"x":"run-1","e":1,"k":"key-1"}""")]
    [InlineData("""{"x":"run-1","e":1,"k":"key-1","exp":"2099"}""")]
    [InlineData("""{"x":"run-1","e":1,"k":"key-1","exp":null}""")]
    public void S28_a_token_without_a_numeric_expiry_is_refused(string payload)
    {
        var text = signing.Sign(RunTokenIssuer.Purpose, Encoding.UTF8.GetBytes(payload));

        Assert.False(Tokens().TryRead(text, out _));
    }

    [Fact]
    public void S28_a_token_with_any_character_changed_is_refused()
    {
        var (text, _) = Tokens().Issue("run-1", 1, "key-1");

        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.False(Tokens().TryRead(changed, out _), $"character {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("egr...")]
    public void S28_an_invalid_token_is_refused(string text) => Assert.False(Tokens().TryRead(text, out _));

    [Fact]
    public void Tokens_of_the_previous_key_stay_valid_after_a_rotation()
    {
        var old = PayloadSigner.NewSecret();
        var before = new RunTokenIssuer(PayloadSigner.With(old), new ExecutionGrainsOptions(), time);
        var after = new RunTokenIssuer(PayloadSigner.With(PayloadSigner.NewSecret(), old), new ExecutionGrainsOptions(), time);

        Assert.True(after.TryRead(before.Issue("run-1", 1, "key-1").Token, out _));
    }

    private RunTokenIssuer Tokens() => new(signing, new ExecutionGrainsOptions(), time);
}
