using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

/// <summary>
/// The silo's folder contains what it loads. Orleans's packages also reference Roslyn and its dependencies; <c>Directory.Build.targets</c> excludes them.
/// </summary>
public sealed class OutputTests
{
    private static readonly string Output = Path.GetDirectoryName(Repository.SiloProgram)!;

    [Fact]
    public void Neither_Roslyn_nor_its_dependencies_are_in_the_silos_folder()
    {
        string[] unwanted = ["Microsoft.CodeAnalysis*.dll", "Humanizer*.dll", "System.Composition*.dll"];

        Assert.True(File.Exists(Repository.SiloProgram), Output);
        Assert.Empty(unwanted.SelectMany(pattern => Directory.EnumerateFiles(Output, pattern, SearchOption.AllDirectories)));
    }

    [Fact]
    public void No_folder_of_translations_is_in_the_silos_folder() =>
        Assert.Empty(Directory.EnumerateFiles(Output, "*.resources.dll", SearchOption.AllDirectories));
}
