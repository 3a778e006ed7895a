using System.Text;
using System.Text.Json;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Core.Internal;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The only grain state. A janitor that could not read its record would not activate, and never sweep again.</summary>
public sealed class JanitorRecordTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    private const string Grain = "janitor/janitor/3";
    private const string State = "janitor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SqliteStore Records => silo.App.Services.GetRequiredService<SqliteStore>();

    private IJanitorGrain Janitor => silo.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IJanitorGrain>(IJanitorGrain.Key(3));

    [Theory]
    [InlineData("""{"LastSweepAt":"2025-01-02T03:04:05.678901+00:00","Found":7,"Acted":5}""", 7, 5, 0)]
    [InlineData("""{"LastSweepAt":null,"Found":7,"Acted":5,"AddedByALaterVersion":{"Held":true}}""", 7, 5, 0)]
    [InlineData("""{"$type":"ExecutionGrains.Grains.JanitorRecord, ExecutionGrains.Grains","Found":3}""", 3, 0, 0)]
    [InlineData("""{"Found":3,"Acted":1,"Recent":[{"At":"2025-01-02T03:04:05+00:00","Found":3,"Acted":1,"Paused":false,"Held":false}]}""", 3, 1, 1)]
    [InlineData("{}", 0, 0, 0)]
    public async Task A_janitor_continues_a_record_of_any_version_and_loses_nothing(string stored, long found, long acted, int recent)
    {
        await WriteAsync(stored);

        var report = await Janitor.Sweep();

        var record = JsonSerializer.Deserialize<JanitorRecord>((await Records.ReadGrainStateAsync(Grain, State, Cancel))!.Value.State)!;
        Assert.Equal((report.At, found, acted, recent), (record.LastSweepAt, record.Found, record.Acted, record.Recent.Length));
        // The next activation reads what this one wrote.
        await ForgetAsync();
        await Janitor.Sweep();
        var again = silo.App.Services.GetRequiredService<SweepLog>().Buckets[3];
        Assert.Equal((found, acted, recent), (again.Found, again.Acted, again.Recent.Length));
    }

    /// <summary>Writes a record as an earlier version stored it, before this silo's janitor is active.</summary>
    private async Task WriteAsync(string stored)
    {
        await ForgetAsync();
        var tag = (await Records.ReadGrainStateAsync(Grain, State, Cancel))?.ETag;
        Assert.NotNull(await Records.WriteGrainStateAsync(Grain, State, Encoding.UTF8.GetBytes(stored), tag, Cancel));
    }

    /// <summary>Deactivates the janitor, so that it must read its record again.</summary>
    private async Task ForgetAsync()
    {
        await Janitor.Sweep();
        await Janitor.AsReference<IGrainManagementExtension>().DeactivateOnIdle();
    }
}
