using System.Globalization;
using System.Text.RegularExpressions;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Silo.Configuration;
using ExecutionGrains.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The statements about the silo in the files under <c>deploy</c> are true. The files are not run, so these tests need no container engine.</summary>
public sealed class DeployTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const string Prefix = "ExecutionGrains__";

    private static readonly string Folder = Repository.File("deploy");

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_silo_reads_every_setting_that_is_named(string file)
    {
        var asked = new AskedKeys();
        ProgramOptionsReader.Read(new ConfigurationBuilder().Add(asked).Build());
        var named = Regex.Matches(Text(file), $"{Prefix}([A-Za-z_]+)").Select(m => m.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal));
        Assert.Empty(named.Except(asked.Keys));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_silo_accepts_every_value_that_is_given(string file)
    {
        var given = Regex.Matches(Text(file), $"{Prefix}([A-Za-z_]+)[:=] ?\"?([^\\s\"}}]+)")
            .Where(m => !m.Groups[2].Value.StartsWith("${", StringComparison.Ordinal))
            .GroupBy(m => $"ExecutionGrains:{m.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)}")
            .ToDictionary(g => g.Key, g => (string?)g.Last().Groups[2].Value);
        given["ExecutionGrains:Store:ConnectionString"] = "Host=db;Database=executions;Username=executions";
        Assert.NotNull(ProgramOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(given).Build()));
    }

    [Fact]
    public async Task Probes_call_existing_routes()
    {
        var paths = Regex.Matches(Text("kubernetes/silo.yaml"), "httpGet: { path: ([^,]+),").Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Equal(["/health/live", "/health/ready"], paths.Order(StringComparer.Ordinal));
        foreach (var path in paths)
        {
            (await silo.Get(path, key: null)).Is(200);
        }
    }

    [Theory]
    [InlineData("kubernetes/silo.yaml", "terminationGracePeriodSeconds: ([0-9]+)")]
    [InlineData("compose.yaml", "stop_grace_period: ([0-9]+)s")]
    public void A_silo_has_more_time_to_stop_than_it_needs(string file, string pattern)
    {
        var grace = TimeSpan.FromSeconds(int.Parse(Regex.Match(Text(file), pattern).Groups[1].Value, CultureInfo.InvariantCulture));
        var before = Regex.Match(Text(file), "sleep: { seconds: ([0-9]+)") is { Success: true } sleep
            ? int.Parse(sleep.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;
        var drain = silo.App.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        Assert.True(grace >= drain + TimeSpan.FromSeconds(before + 10), $"{grace} against {drain} and {before} s before it.");
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>Has no values, and records which keys are read.</summary>
    private sealed class AskedKeys : ConfigurationProvider, IConfigurationSource
    {
        public HashSet<string> Keys { get; } = [];

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override bool TryGet(string key, out string? value)
        {
            Keys.Add(key["ExecutionGrains:".Length..]);
            return base.TryGet(key, out value);
        }
    }
}
