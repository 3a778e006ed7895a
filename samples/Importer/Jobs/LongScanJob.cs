using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>Hashes the tree repeatedly until the execution is cancelled. After 6 s the job itself requests the cancellation.</summary>
internal sealed class LongScanJob : IJob
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var settings = context.Settings();
        var scope = context.Scope();
        var cancel = CancelLaterAsync(context, settings, cancellationToken);
        var files = SourceTree.Files(settings.Source, 200);
        for (var pass = 1; pass <= 100; pass++)
        {
            await scope.StepAsync($"pass {pass}", async (step, ct) =>
            {
                foreach (var file in files)
                {
                    await SourceTree.HashAsync(file, ct);
                    await Task.Delay(20, ct);
                }

                step.Log($"{files.Count} files unchanged");
            }, cancellationToken: cancellationToken);
        }

        await cancel;
    }

    private static async Task CancelLaterAsync(IJobExecutionContext context, Settings settings, CancellationToken cancellationToken)
    {
        if (context.GetExecution() is not { } execution)
        {
            return;
        }

        await Task.Delay(Patience, cancellationToken);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Url, $"/v1/executions/{execution.Id}/cancel"))
        {
            Content = new StringContent("""{"reason":"it takes too long"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", settings.Key);
        using var response = await http.SendAsync(request, cancellationToken);
        execution.Log($"cancel requested: HTTP {(int)response.StatusCode}");
    }
}
