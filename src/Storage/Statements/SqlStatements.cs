using System.Collections.Frozen;
using System.Reflection;

namespace ExecutionGrains.Storage.Statements;

/// <summary>The statements of a store by their names: those of its own .sql files, and those that both databases share.</summary>
internal sealed class SqlStatements
{
    private const string Folder = "sql/";

    private readonly FrozenDictionary<string, SqlStatement> statements;

    /// <param name="store">The assembly of the store.</param>
    /// <exception cref="InvalidDataException">A file does not parse, or two statements have one name.</exception>
    public SqlStatements(Assembly store)
    {
        Files = [.. Texts(typeof(SqlStatements).Assembly), .. Texts(store)];
        var all = Files.SelectMany(file => SqlFile.Read(file.Name, file.Text)).ToList();
        if (all.CountBy(statement => statement.Name, StringComparer.Ordinal).FirstOrDefault(count => count.Value > 1) is { Key: { } twice })
        {
            throw new InvalidDataException($"There are two statements {twice}.");
        }

        statements = all.ToFrozenDictionary(statement => statement.Name, StringComparer.Ordinal);
    }

    /// <summary>The files as they stand.</summary>
    public IReadOnlyList<(string Name, string Text)> Files { get; }

    public IEnumerable<SqlStatement> All => statements.Values;

    public SqlStatement this[string name] => statements.TryGetValue(name, out var statement)
        ? statement
        : throw new InvalidOperationException($"There is no statement {name}.");

    private static IEnumerable<(string Name, string Text)> Texts(Assembly assembly) =>
        from resource in assembly.GetManifestResourceNames()
        where resource.StartsWith(Folder, StringComparison.Ordinal)
        orderby resource
        select ($"{assembly.GetName().Name}, {resource[Folder.Length..]}.sql", Read(assembly, resource));

    /// <summary>The text of a file in an assembly.</summary>
    internal static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
