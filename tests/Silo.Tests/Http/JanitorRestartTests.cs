using System.Text.Json.Nodes;
using ExecutionGrains.GrainInterfaces;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The janitor's record, as <c>/v1/cluster</c> shows it.</summary>
public sealed class JanitorRestartTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    [Fact]
    public async Task The_record_of_each_bucket_survives_a_restart_and_continues()
    {
        await silo.Lost();
        var before = await Buckets();
        Assert.Equal(Enumerable.Range(0, IJanitorGrain.BucketCount), before.Select(bucket => (int)bucket["bucket"]!));
        var acted = Assert.Single(before, bucket => (long)bucket["acted"]! > 0);
        var sweep = Assert.Single(acted["recent"]!.AsArray())!;
        Assert.Equal(
            (1L, 1L, false, 1, 1, false),
            ((long)acted["found"]!, (long)acted["acted"]!, (bool)acted["held"]!, (int)sweep["found"]!, (int)sweep["acted"]!, (bool)sweep["held"]!));
        Assert.Equal((string)acted["lastSweep"]!, (string)sweep["at"]!);
        Assert.Equal((double)acted["lastSweepMs"]!, (double)sweep["durationMs"]!);
        Assert.Equal((string)(await Cluster())["silos"]![0]!["siloId"]!, (string)acted["silo"]!);

        await silo.RestartAsync();
        // Without a sweep: a janitor reads its record at its start.
        for (var bucket = 0; bucket < IJanitorGrain.BucketCount; bucket++)
        {
            await silo.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IJanitorGrain>(IJanitorGrain.Key(bucket)).Start();
        }

        Assert.Equal(before.Select(Lasting), (await Buckets()).Select(Lasting));
        Assert.Equal(1, (long)(await Cluster())["janitor"]!["found"]!);
        await silo.Lost();
        Assert.Equal(2, (long)(await Cluster())["janitor"]!["found"]!);
        Assert.Equal(2, (await Buckets()).Sum(bucket => (long)bucket["acted"]!));
    }

    private async Task<JsonNode> Cluster() => JsonNode.Parse((await silo.Get("/v1/cluster")).Is(200).Text)!;

    private async Task<IReadOnlyList<JsonNode>> Buckets() => [.. (await Cluster())["janitor"]!["buckets"]!.AsArray().Select(bucket => bucket!)];

    /// <summary>A restarted silo has another name.</summary>
    private static string Lasting(JsonNode bucket)
    {
        var copy = bucket.DeepClone().AsObject();
        copy.Remove("silo");
        return copy.ToJsonString();
    }
}
