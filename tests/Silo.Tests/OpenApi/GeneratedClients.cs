using System.Reflection;
using ExecutionGrains.Silo.Tests.Http;
using ExecutionGrains.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace ExecutionGrains.Silo.Tests.OpenApi;

/// <summary>A silo, and clients generated from the document that it serves. All generated files are in <c>artifacts/openapi</c>.</summary>
public sealed class GeneratedClients : SiloFixture
{
    private const string KiotaVersion = "1.38.0";

    private readonly Lazy<Task<string>> _typeScript;

    public GeneratedClients() => _typeScript = new(CompileTypeScriptAsync);

    /// <summary>The file with the served document.</summary>
    internal async Task<string> DocumentAsync()
    {
        var path = Path.Combine(Directory.CreateDirectory(Repository.File("artifacts/openapi")).FullName, "openapi.json");
        await File.WriteAllTextAsync(path, (await Get("/openapi/v1.json", key: null)).Is(200).Text);
        return path;
    }

    /// <summary>The folder of the compiled TypeScript drivers and clients.</summary>
    internal Task<string> TypeScriptAsync() => _typeScript.Value;

    /// <summary>The assembly of the Kiota driver and client.</summary>
    internal async Task<Assembly> KiotaAsync()
    {
        var tools = Repository.File($"artifacts/tools/kiota-{KiotaVersion}");
        var kiota = Path.Combine(tools, "kiota");
        if (!File.Exists(kiota))
        {
            string[] install = ["tool", "install", "Microsoft.OpenApi.Kiota", "--version", KiotaVersion, "--tool-path", tools];
            await Command.RunAsync("dotnet", install, Path.GetTempPath());
        }

        var folder = Repository.File("artifacts/openapi/kiota");
        const string json = "Microsoft.Kiota.Serialization.Json.";
        await Command.RunAsync(
            kiota,
            [
                "generate", "--language", "CSharp", "--openapi", await DocumentAsync(), "--class-name", "SiloClient", "--namespace-name", "Generated",
                "--output", folder, "--clean-output", "--exclude-backward-compatible",
                "--serializer", $"{json}JsonSerializationWriterFactory", "--deserializer", $"{json}JsonParseNodeFactory",
            ],
            tools,
            ("KIOTA_UPDATE__DISABLED", "true"),
            ("KIOTA_OFFLINE_ENABLED", "true"));
        return Compiled([.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories), Path.Combine(NodePackages.Source, "KiotaLife.cs")]);
    }

    private async Task<string> CompileTypeScriptAsync()
    {
        var folder = await NodePackages.FolderAsync();
        var source = Directory.CreateDirectory(Path.Combine(folder, "src")).FullName;
        foreach (var file in Directory.EnumerateFiles(NodePackages.Source, "*.ts"))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)), overwrite: true);
        }

        File.Copy(Path.Combine(NodePackages.Source, "tsconfig.json"), Path.Combine(folder, "tsconfig.json"), overwrite: true);
        var document = await DocumentAsync();
        string[] types = [document, "-o", Path.Combine(source, "openapi-typescript", "schema.ts")];
        await Command.RunAsync(NodePackages.Tool(folder, "openapi-typescript"), types, folder);
        await Command.RunAsync(NodePackages.Tool(folder, "openapi-ts"), ["-i", document, "-o", Path.Combine(source, "hey-api"), "--no-log-file"], folder);
        await Command.RunAsync(NodePackages.Tool(folder, "tsc"), ["-p", "."], folder);
        return Path.Combine(folder, "out");
    }

    private static Assembly Compiled(string[] files)
    {
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        string[] symbols = ["NETCOREAPP3_1_OR_GREATER", "NETSTANDARD2_1_OR_GREATER", "NET5_0_OR_GREATER"];
        var parsing = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: symbols);
        var compilation = CSharpCompilation.Create(
            "KiotaLife",
            files.Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), parsing, f)),
            trusted.Select(t => MetadataReference.CreateFromFile(t)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var program = new MemoryStream();
        var result = compilation.Emit(program);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(20)));
        return Assembly.Load(program.ToArray());
    }
}
