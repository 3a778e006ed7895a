using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>Counts lines per file type, pauses for an approval, then writes a report.</summary>
internal sealed class NightlyReportJob : IJob
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(8);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var settings = context.Settings();
        var scope = context.Scope();
        var lines = await scope.StepAsync("count lines", async (step, ct) =>
        {
            Dictionary<string, long> counts = [];
            foreach (var file in SourceTree.Files(settings.Source, 500, ".cs", ".md", ".json", ".xml"))
            {
                counts[file.Extension] = counts.GetValueOrDefault(file.Extension) + await File.ReadLinesAsync(file.FullName, ct).LongCountAsync(ct);
            }

            step.Log(string.Join(", ", counts.Select(pair => $"{pair.Key} {pair.Value:N0}")));
            return counts;
        }, cancellationToken: cancellationToken);
        if (context.GetExecution() is { } execution)
        {
            await execution.PauseAsync("waiting for approval", cancellationToken);
            await Task.Delay(Pause, cancellationToken);
            await execution.ResumeAsync("approved", cancellationToken);
        }

        await scope.StepAsync("write report", async (step, ct) =>
        {
            var path = Path.Combine(Directory.CreateDirectory(settings.Work).FullName, "report.txt");
            await File.WriteAllLinesAsync(path, lines.Select(pair => $"{pair.Key} {pair.Value}"), ct);
            step.Log($"written to {path}");
        }, cancellationToken: cancellationToken);
        context.Result = lines;
    }
}
