using System.Text.RegularExpressions;
using ExecutionGrains.Storage.Statements;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>What holds for the .sql files of both stores.</summary>
internal static partial class SqlFiles
{
    /// <summary>Names that the code puts together.</summary>
    private static readonly string[] Composed =
    [
        .. from kind in (string[])["", "Merged", "Label", "MergedLabel"]
           from name in (string[])[$"List{kind}Page", $"List{kind}Walk", $"Find{kind}WalkBoundary"]
           select name,
        .. from rows in (string[])["History", "Steps", "Rejections", "Evidence", "FinalPayloads", "Execution"] select $"Delete{rows}",
        "WalkHistory", "WalkSteps",
    ];

    /// <param name="project">The store's folder in src.</param>
    public static void AssertUsed(string project, SqlStatements statements)
    {
        var texts = Directory.EnumerateFiles(Repository.File($"src/{project}"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Text().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Equal([], statements.All.Select(statement => statement.Name).Where(name => !texts.Contains(name) && !Composed.Contains(name)));
    }

    [GeneratedRegex("\"([A-Z][A-Za-z]+)\"")]
    private static partial Regex Text();
}
