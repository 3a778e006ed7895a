namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A silo that trusts a proxy on this machine and has low limits.</summary>
public sealed class ProxiedSilo : SiloFixture
{
    protected override IEnumerable<string> Settings =>
    [
        "--ExecutionGrains:Proxies=127.0.0.1,10.0.0.0/8", "--ExecutionGrains:Limits:FailedSignIns=3",
        "--ExecutionGrains:Limits:RequestsPerKey=50", "--ExecutionGrains:Limits:BodiesMiB=2",
    ];
}
