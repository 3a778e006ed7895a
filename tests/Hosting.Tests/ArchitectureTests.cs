using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using ExecutionGrains.Client;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Sqlite;
using Xunit;
using Assembly = System.Reflection.Assembly;

namespace ExecutionGrains.Hosting.Tests;

/// <summary>
/// Which project may use which, and which folder of a project may use which, as compiled. A folder is the first part of the namespace below the project's;
/// <c>(root)</c> is the project's own namespace. Constants of other folders are not seen, because the compiler copies them.
/// </summary>
public sealed class ArchitectureTests
{
    private const string Root = "(root)";

    private static readonly Dictionary<string, Assembly> Projects = new(StringComparer.Ordinal)
    {
        ["Contracts"] = typeof(ExecutionId).Assembly,
        ["Rules"] = typeof(ExecutionRules).Assembly,
        ["GrainInterfaces"] = typeof(GrainInterfaces.IExecutionGrain).Assembly,
        ["Storage"] = typeof(IExecutionStore).Assembly,
        ["Storage.Sqlite"] = typeof(SqliteStore).Assembly,
        ["Storage.Postgres"] = typeof(PostgresStore).Assembly,
        ["Grains"] = typeof(ExecutionGrain).Assembly,
        ["Hosting"] = typeof(ExecutionGrainsEndpointExtensions).Assembly,
        ["Silo"] = typeof(Silo.SiloProgram).Assembly,
        ["Client"] = typeof(ExecutionTracker).Assembly,
        ["Client.Grains"] = typeof(GrainTransport).Assembly,
        ["Client.Quartz"] = typeof(Client.Quartz.QuartzTracking).Assembly,
    };

    /// <summary>What each project may use of the others. Every project may use Contracts.</summary>
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Rules"] = [],
        ["GrainInterfaces"] = [],
        ["Storage"] = ["Rules"],
        ["Storage.Sqlite"] = ["Storage", "Rules"],
        ["Storage.Postgres"] = ["Storage", "Rules"],
        ["Grains"] = ["Storage", "Rules", "GrainInterfaces"],
        ["Hosting"] = ["Grains", "GrainInterfaces", "Rules", "Storage", "Storage.Sqlite", "Storage.Postgres"],
        ["Silo"] = ["Hosting", "Grains", "GrainInterfaces", "Rules", "Storage", "Storage.Sqlite", "Storage.Postgres"],
        ["Client"] = [],
        ["Client.Grains"] = ["Client", "GrainInterfaces"],
        ["Client.Quartz"] = ["Client"],
    };

    /// <summary>Assemblies and types that a project must not use, by the beginning of their full names.</summary>
    private static readonly Dictionary<string, string[]> MustNotUse = new(StringComparer.Ordinal)
    {
        ["Contracts"] = ["Orleans.Runtime", "Orleans.Hosting", "Orleans.Grain", "Npgsql", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore"],
        ["Rules"] =
        [
            "System.Threading.Tasks", "System.TimeProvider", "System.IO.File", "System.IO.Directory", "System.Net", "System.Random", "Npgsql",
            "Microsoft.Data.Sqlite", "Microsoft.AspNetCore", "Orleans.Grain",
        ],
        ["GrainInterfaces"] = ["Npgsql", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore"],
        ["Storage"] = ["Npgsql", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore", "Orleans.Grain"],
        ["Storage.Sqlite"] = ["Npgsql", "Microsoft.AspNetCore"],
        ["Storage.Postgres"] = ["Microsoft.Data.Sqlite", "Microsoft.AspNetCore"],
        ["Grains"] = ["Npgsql", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore"],
        ["Client"] = ["Npgsql", "Microsoft.Data.Sqlite", "Microsoft.AspNetCore", "Orleans.Runtime", "Orleans.Hosting"],
    };

    /// <summary>The folders in layers: a folder may use those of earlier layers, and none of its own or later ones.</summary>
    private static readonly Dictionary<string, string[][]> Layers = new(StringComparer.Ordinal)
    {
        ["Hosting"] =
        [
            ["Settings"], ["Secrets", "Problems", "Parsing"], ["Auth"], ["Description"], ["Http"], ["Store", "Cluster", "Auditing", "Mapping"],
            ["Endpoints"], ["OpenApi"], ["Setup"], [Root],
        ],
        ["Silo"] = [["Configuration"], ["Clustering", "Commands"], [Root]],
    };

    private static readonly Architecture Code = new ArchLoader().LoadAssemblies([.. Projects.Values]).Build();

    public static TheoryData<string> Names() => [.. Projects.Keys];

    public static TheoryData<string> Layered() => [.. Layers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_project_uses_only_the_projects_that_it_may_use(string project)
    {
        string[] known = [project, "Contracts", .. MayUse[project]];

        AssertNone(Uses(project).Where(use => ProjectOf(use.Target) is { } other && !known.Contains(other)).Select(Text));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_project_uses_no_library_that_it_must_not_use(string project) => AssertNone(Uses(project)
        .Where(use => MustNotUse.GetValueOrDefault(project, []).Any(name => use.Target.FullName.StartsWith(name, StringComparison.Ordinal))).Select(Text));

    [Theory]
    [MemberData(nameof(Layered))]
    public void A_folder_uses_only_folders_of_earlier_layers(string project)
    {
        var layerOf = Layers[project].SelectMany((folders, layer) => folders.Select(folder => (folder, layer))).ToDictionary(f => f.folder, f => f.layer);

        AssertNone(FolderUses(project).Where(use => layerOf[use.From] <= layerOf[use.To]).Select(use => $"{use.From} -> {use.To}: {use.Example}"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_folders_use_each_other_in_a_cycle(string project)
    {
        // The project's own namespace is its public face: folders may use its types, and it uses theirs.
        var uses = FolderUses(project).Where(use => use.From != Root && use.To != Root).ToLookup(use => use.From);
        var cycles = uses.SelectMany(from => from).Where(use => Reaches(use.To, use.From, [])).Select(use => $"{use.From} -> {use.To}: {use.Example}");

        AssertNone(cycles);

        bool Reaches(string from, string to, HashSet<string> seen) =>
            from == to || (seen.Add(from) && uses[from].Any(use => Reaches(use.To, to, seen)));
    }

    [Fact]
    public void A_use_within_an_asynchronous_method_is_seen() =>
        Assert.Contains(Uses("Hosting"), use => use.Origin.Name == nameof(Setup.TrackerStartup) && use.Target.Name == nameof(Store.FilePermissions));

    private static IEnumerable<(string From, string To, string Example)> FolderUses(string project) => Uses(project)
        .Where(use => ProjectOf(use.Target) == project)
        .Select(use => (From: FolderOf(project, use.Origin), To: FolderOf(project, use.Target), Example: Text(use)))
        .Where(use => use.From != use.To)
        .GroupBy(use => (use.From, use.To)).Select(same => same.First());

    private static IEnumerable<(IType Origin, IType Target)> Uses(string project) => Code.Types
        .Where(type => ProjectOf(type) == project && IsOurs(type))
        .SelectMany(type => type.Dependencies.Select(use => (Origin: type, use.Target)))
        .Where(use => IsOurs(use.Target) || ProjectOf(use.Target) is null);

    /// <summary>Whether people wrote the type. Generators of serializers and log messages connect everything with everything.</summary>
    private static bool IsOurs(IType type) =>
        type.FullName.StartsWith("ExecutionGrains.", StringComparison.Ordinal) && !type.FullName.Contains('<', StringComparison.Ordinal);

    private static string? ProjectOf(IType type) =>
        Projects.Where(p => type.Assembly?.Name.Split(',')[0] == p.Value.GetName().Name).Select(p => p.Key).FirstOrDefault();

    private static string FolderOf(string project, IType type)
    {
        var @namespace = type.Namespace.FullName;
        var own = $"ExecutionGrains.{project}.";
        return @namespace.StartsWith(own, StringComparison.Ordinal) ? @namespace[own.Length..].Split('.')[0] : Root;
    }

    private static void AssertNone(IEnumerable<string> uses) => Assert.True(!uses.Any(), string.Join('\n', uses.Distinct()));

    private static string Text((IType Origin, IType Target) use) => $"{use.Origin.FullName} uses {use.Target.FullName}";
}
