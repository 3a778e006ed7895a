namespace ExecutionGrains.Bench;

/// <summary>Row 4: the silo as a separate process. Includes the cost of JSON and HTTP on both sides, on the same cores.</summary>
internal sealed partial class BenchmarkRows
{
    private const int HttpCallers = 32;
    private const int HttpBatch = 100;

    private async Task OverHttpAsync()
    {
        await using var silo = await StartSiloAsync("http");
        var reporters = Enumerable.Range(0, HttpCallers).Select(i => new HttpReporter(silo.Http, $"http-{i:00}")).ToArray();
        await Task.WhenAll(reporters.Select(r => r.BeginAsync()));
        await CompareAsync(
            "4",
            $"over HTTP from another process, {HttpCallers} executions at once, batches of {HttpBatch}",
            time => RunCallersAsync(time, HttpCallers, async (i, _) =>
            {
                await reporters[i].ReportAsync(HttpBatch).ConfigureAwait(false);
                return HttpBatch;
            }),
            OfPostgres(5));
    }

    private async Task<SiloProcess> StartSiloAsync(string name) =>
        await SiloProcess.StartAsync(await SiloSettingsAsync(name));
}
