using System.Text.RegularExpressions;
using ExecutionGrains.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace ExecutionGrains.Client.Tests;

/// <summary>The code in the documents compiles as written, against the current SDK.</summary>
public sealed partial class ReadmeTests
{
    /// <summary>What a console project has by default, and what the documents leave to the reader: a key, a token, the work itself.</summary>
    private const string Surroundings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using static Reader;

        internal static class Reader
        {
            public static string apiKey => "eg_";

            public static CancellationToken ct => CancellationToken.None;

            public static Task<int> Extract(CancellationToken cancellationToken) => Task.FromResult(42);
        }
        """;

    public static TheoryData<string, int> Blocks()
    {
        var data = new TheoryData<string, int>();
        string[] documents =
        [
            "README.md",
            .. Directory.EnumerateFiles(Repository.File("docs"), "*.md", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Repository.File(""), f)),
        ];
        foreach (var document in documents)
        {
            for (var i = 0; i < CodeBlock().Count(File.ReadAllText(Repository.File(document))); i++)
            {
                data.Add(document, i);
            }
        }

        return data;
    }

    [Fact]
    public void The_readme_contains_code() => Assert.Contains(Blocks(), row => row.Data.Item1 == "README.md");

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Code_in_the_documents_compiles(string document, int index)
    {
        var code = CodeBlock().Matches(File.ReadAllText(Repository.File(document)))[index].Groups["code"].Value;

        Assert.Empty(Complaints(code));
    }

    [Fact]
    public void Code_that_uses_a_missing_member_does_not_compile() =>
        Assert.Contains(
            Complaints("using ExecutionGrains.Client;\nawait new ExecutionTracker(null!).BeginAsync();"),
            c => c.Contains("BeginAsync", StringComparison.Ordinal));

    [Fact]
    public void D75_Log_levels_do_not_clash_with_those_of_Microsoft_Extensions_Logging() => Assert.Empty(Complaints("""
        using ExecutionGrains;
        using ExecutionGrains.Client;
        using Microsoft.Extensions.Logging;
        await using var tracker = new ExecutionTracker(new HttpTransport(new Uri("http://localhost:5080"), apiKey));
        await tracker.RunAsync("import", (execution, _) =>
        {
            execution.Log($"not {LogLevel.Information}", Severity.Warn);
            return Task.CompletedTask;
        });
        """));

    private static string[] Complaints(string code)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Preview);
        var trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Shown",
            [CSharpSyntaxTree.ParseText(code, parsing), CSharpSyntaxTree.ParseText(Surroundings, parsing)],
            trusted.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString())];
    }

    [GeneratedRegex(@"^```(csharp|cs|c#)[^\n]*\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex CodeBlock();
}
