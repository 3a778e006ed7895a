using ExecutionGrains.Client;
using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>Walks the source tree and hashes every file: a job with nested steps, logs and progress.</summary>
internal sealed class HashTreeJob : IJob
{
    private const int FilesMax = 2_000;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var settings = context.Settings();
        var scope = context.Scope();
        var files = await scope.StepAsync("walk", async (step, ct) =>
        {
            var found = await Task.Run(() => SourceTree.Files(settings.Source, FilesMax), ct);
            step.Log($"{found.Count} files under {settings.Source}");
            return found;
        }, cancellationToken: cancellationToken);
        var bytes = 0L;
        var done = 0;
        foreach (var folder in files.GroupBy(file => Path.GetRelativePath(settings.Source, file.DirectoryName!).Split(Path.DirectorySeparatorChar)[0]))
        {
            await scope.StepAsync($"hash {folder.Key}", async (step, ct) =>
            {
                foreach (var file in folder)
                {
                    await SourceTree.HashAsync(file, ct);
                    bytes += file.Length;
                    scope.Report(100.0 * ++done / files.Count, $"{done} of {files.Count} files");
                }

                step.Log($"{folder.Count()} files hashed");
            }, new() { BlockType = "sha256" }, cancellationToken);
        }

        context.Result = new { files = files.Count, bytes };
    }
}
