using ExecutionGrains.Fuzz;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

/// <summary>Inputs that <c>./fuzz</c> found: each of the corpus reaches code that no other does, and each of the crashes once broke a parser.</summary>
public sealed class FuzzCorpusTests
{
    private const int CorpusMin = 50;

    public static TheoryData<string> Targets() => [.. FuzzTarget.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void No_input_breaks_a_parser(string target)
    {
        var failures = new List<string>();
        foreach (var file in Files("Corpus", target).Concat(Files("Crashes", target)))
        {
            if (Record.Exception(() => FuzzTarget.All[target](File.ReadAllBytes(file))) is { } failure)
            {
                failures.Add($"{file}: {failure}");
            }
        }

        Assert.Empty(failures);
        Assert.True(Files("Corpus", target).Length >= CorpusMin, $"The corpus of {target} is nearly empty.");
    }

    /// <summary>A corpus of nothing but refused inputs would test only the first lines of a parser.</summary>
    [Fact]
    public void The_corpora_hold_events_that_are_applied_and_queries_that_are_read()
    {
        Assert.True(Files("Corpus", "events").Sum(file => EventTarget.Run(File.ReadAllBytes(file))) > CorpusMin);
        Assert.True(Files("Corpus", "query").Sum(file => QueryTarget.Run(File.ReadAllBytes(file))) > CorpusMin);
    }

    private static string[] Files(string folder, string target)
    {
        var path = Repository.File($"tests/Fuzz/{folder}/{target}");
        return Directory.Exists(path) ? Directory.GetFiles(path) : [];
    }
}
