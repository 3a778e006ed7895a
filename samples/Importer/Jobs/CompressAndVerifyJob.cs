using System.IO.Compression;
using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>Compresses files to the work folder, decompresses them and compares the hashes.</summary>
internal sealed class CompressAndVerifyJob : IJob
{
    private const int FilesMax = 60;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var settings = context.Settings();
        var scope = context.Scope();
        var target = Directory.CreateDirectory(Path.Combine(settings.Work, "compressed"));
        var files = SourceTree.Files(settings.Source, FilesMax, ".cs", ".md", ".json", ".csproj");
        var packed = await scope.StepAsync("compress", async (step, ct) =>
        {
            var bytes = 0L;
            for (var i = 0; i < files.Count; i++)
            {
                bytes += await CompressAsync(files[i], Path.Combine(target.FullName, $"{i}.gz"), ct);
            }

            step.Log($"{files.Count} files, {files.Sum(file => file.Length):N0} bytes to {bytes:N0}");
            return bytes;
        }, new() { BlockType = "gzip" }, cancellationToken);
        await scope.StepAsync("verify", async (step, ct) =>
        {
            for (var i = 0; i < files.Count; i++)
            {
                await VerifyAsync(files[i], Path.Combine(target.FullName, $"{i}.gz"), ct);
                scope.Report(100.0 * (i + 1) / files.Count);
            }

            step.Log("every decompressed file equals its original");
        }, new() { BlockType = "sha256" }, cancellationToken);
        target.Delete(recursive: true);
        context.Result = new { files = files.Count, packed };
    }

    private static async Task<long> CompressAsync(FileInfo file, string path, CancellationToken cancellationToken)
    {
        await using (var source = file.OpenRead())
        await using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal))
        {
            await source.CopyToAsync(gzip, cancellationToken);
        }

        return new FileInfo(path).Length;
    }

    private static async Task VerifyAsync(FileInfo file, string path, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        if (await SourceTree.HashAsync(gzip, cancellationToken) != await SourceTree.HashAsync(file, cancellationToken))
        {
            throw new InvalidDataException($"The decompressed file differs from {file.Name}.");
        }
    }
}
