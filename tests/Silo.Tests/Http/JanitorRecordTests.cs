using System.Text;
using System.Text.Json;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The one grain state there is. A janitor that could not read its record would not activate, and never sweep again.</summary>
public sealed class JanitorRecordTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    [Theory]
    [InlineData("""{"LastSweepAt":"2025-01-02T03:04:05.678901+00:00","Found":7,"Acted":5}""", 7, 5, 0)]
    [InlineData("""{"LastSweepAt":null,"Found":7,"Acted":5,"AddedByALaterVersion":{"Held":true}}""", 7, 5, 0)]
    [InlineData("""{"$type":"ExecutionGrains.Grains.JanitorRecord, ExecutionGrains.Grains","Found":3}""", 3, 0, 0)]
    [InlineData("""{"Found":3,"Recent":[{"At":"2025-01-02T03:04:05+00:00","Found":2,"Acted":1,"Paused":false,"Held":false,"Duration":"00:00:00.0120000"}]}""", 3, 0, 1)]
    [InlineData("{}", 0, 0, 0)]
    public async Task A_janitor_goes_on_from_what_any_version_has_written_and_adds_to_it(string stored, long found, long acted, int recent)
    {
        var cancel = TestContext.Current.CancellationToken;
        var records = silo.App.Services.GetRequiredService<SqliteStore>();
        var janitor = silo.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IJanitorGrain>(IJanitorGrain.Key(3));
        await janitor.Sweep();
        var (grain, name) = ("janitor/janitor/3", "janitor");
        var tag = (await records.ReadGrainStateAsync(grain, name, cancel))!.Value.ETag;
        Assert.NotNull(await records.WriteGrainStateAsync(grain, name, Encoding.UTF8.GetBytes(stored), tag, cancel));

        var report = await janitor.Sweep();

        using var record = JsonDocument.Parse((await records.ReadGrainStateAsync(grain, name, cancel))!.Value.State);
        Assert.Equal(["LastSweepAt", "Found", "Acted", "LastSweepMs", "Held", "Recent", "WriteId"], record.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal((report.At, found, acted), (At(record, "LastSweepAt"), record.RootElement.GetProperty("Found").GetInt64(), record.RootElement.GetProperty("Acted").GetInt64()));
        Assert.Equal(recent, record.RootElement.GetProperty("Recent").GetArrayLength());
    }

    private static DateTimeOffset At(JsonDocument record, string name) => record.RootElement.GetProperty(name).GetDateTimeOffset();
}
