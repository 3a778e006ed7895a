using System.Text.Json;
using System.Xml.Linq;
using ExecutionGrains.Client;
using ExecutionGrains.Client.Quartz;
using Quartz;

namespace ExecutionGrains.Samples.Importer.Jobs;

/// <summary>Parses every configuration file in the source tree, then a file that is invalid on purpose. So the job always fails.</summary>
internal sealed class ParseConfigJob : IJob
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var settings = context.Settings();
        var scope = context.Scope();
        var delivered = Path.Combine(Directory.CreateDirectory(settings.Work).FullName, "delivered.json");
        await File.WriteAllTextAsync(delivered, """{ "rows": [1, 2, 3, "unterminated ] }""", cancellationToken);
        await scope.StepAsync("parse source", (step, ct) =>
        {
            var files = SourceTree.Files(settings.Source, 500, ".json", ".xml", ".csproj", ".props", ".targets");
            files.ForEach(file => Parse(file.FullName));
            step.Log($"{files.Count} files parsed");
            return Task.CompletedTask;
        }, cancellationToken: cancellationToken);
        await scope.StepAsync("parse delivered", (step, ct) =>
        {
            step.Log($"parsing {delivered}", Severity.Warn);
            Parse(delivered);
            return Task.CompletedTask;
        }, cancellationToken: cancellationToken);
    }

    private static void Parse(string path)
    {
        if (Path.GetExtension(path) == ".json")
        {
            JsonDocument.Parse(File.ReadAllText(path), Lenient).Dispose();
        }
        else
        {
            XDocument.Load(path);
        }
    }
}
