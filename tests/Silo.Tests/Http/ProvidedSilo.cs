namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A silo that accepts JWTs of the tests' issuer, and signs people in to the dashboard there.</summary>
public sealed class ProvidedSilo : SiloFixture
{
    private TestIssuer? _issuer;

    internal TestIssuer Issuer => _issuer!;

    protected override IEnumerable<string> Settings =>
    [
        $"--ExecutionGrains:Auth:Jwt:Authority={Issuer.Url}",
        $"--ExecutionGrains:Auth:Jwt:Audience={TestIssuer.Audience}",
        "--ExecutionGrains:Auth:Jwt:Roles:Operator=operator,on-call",
        $"--ExecutionGrains:Auth:OpenIdConnect:Authority={Issuer.Url}",
        $"--ExecutionGrains:Auth:OpenIdConnect:ClientId={TestIssuer.ClientId}",
        $"--ExecutionGrains:Auth:OpenIdConnect:ClientSecret={TestIssuer.ClientSecret}",
    ];

    public override async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
