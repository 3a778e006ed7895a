using System.Globalization;
using System.Reflection;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Cluster;
using ExecutionGrains.Rules;
using Orleans;
using Orleans.Services;

namespace ExecutionGrains.GrainInterfaces.Tests;

/// <summary>
/// The messages between silos as text: a section for each type, enum and grain interface by its wire name, with one line for each member by its id (an enum's
/// by its number, an interface's method by its alias).
/// </summary>
internal sealed class Wire
{
    private const string Head = """
        # What goes over the wire between silos, and between a silo and its callers, of this version and of others. WirePinTests compares it with the code.
        # New members, types and methods are added by:  WIRE=write dotnet test --project tests/GrainInterfaces.Tests
        # What is here is not changed by it. A member that no silo reads or sends any more: write `removed` after its id, so that nobody takes it again.
        # A member that has only another name in C#: rename it here by hand. (parameter): of a record's primary constructor, which is encoded apart.

        """;

    private static readonly Dictionary<Type, string> Words = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(Task)] = "nothing",
    };

    /// <summary>Sections by kind and name, such as <c>type eg.event</c>: the base type, if any, and the lines by their first word.</summary>
    public SortedDictionary<string, (string Base, SortedDictionary<string, string> Lines)> Sections { get; } = new(StringComparer.Ordinal);

    /// <summary>The current code's.</summary>
    public static Wire OfCode()
    {
        var wire = new Wire();
        Assembly[] assemblies =
        [
            typeof(ExecutionEvent).Assembly, typeof(ExecutionRules).Assembly, typeof(IExecutionGrain).Assembly,
            typeof(JanitorRecord).Assembly, typeof(SiloReport).Assembly,
        ];
        var types = assemblies.SelectMany(a => a.GetTypes()).ToList();
        foreach (var type in types.Where(t => t.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null && !t.IsEnum))
        {
            wire.AddType(type);
        }

        foreach (var grain in types.Where(t => t.IsInterface && (t.IsAssignableTo(typeof(IGrainWithStringKey)) || t.IsAssignableTo(typeof(IGrainService)))))
        {
            wire.AddInterface(grain);
        }

        return wire;
    }

    public static Wire Parse(string text)
    {
        var wire = new Wire();
        SortedDictionary<string, string>? lines = null;
        foreach (var line in text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (line[0] != ' ')
            {
                var (name, based) = Split(line, " : ");
                wire.Sections.Add(name, (based, lines = new(ById)));
            }
            else
            {
                var (id, what) = Split(line.Trim(), " ");
                lines!.Add(id, what);
            }
        }

        return wire;
    }

    public override string ToString()
    {
        var text = new StringBuilder(Head);
        foreach (var (name, (based, lines)) in Sections)
        {
            text.Append('\n').Append(based.Length > 0 ? $"{name} : {based}" : name).Append('\n');
            foreach (var (id, what) in lines)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {id} {what}\n");
            }
        }

        return text.ToString();
    }

    private static readonly Comparer<string> ById = Comparer<string>.Create((a, b) =>
        long.TryParse(a, CultureInfo.InvariantCulture, out var x) && long.TryParse(b, CultureInfo.InvariantCulture, out var y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(a, b));

    private void AddType(Type type)
    {
        var lines = new SortedDictionary<string, string>(ById);
        var parameters = type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.Name).ToHashSet();
        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(Own).Where(m => m.GetCustomAttribute<IdAttribute>() is not null))
        {
            var of = member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;
            var apart = parameters.Contains(member.Name) ? " (parameter)" : "";
            var id = member.GetCustomAttribute<IdAttribute>()!.Id.ToString(CultureInfo.InvariantCulture);
            Assert.True(lines.TryAdd(id, $"{Word(of)} {member.Name}{apart}"), $"{type}: two members have id {id}.");
        }

        var based = type.IsValueType || type.BaseType == typeof(object) ? "" : Word(type.BaseType!);
        var name = $"{(type.IsValueType ? "struct" : "type")} {Word(type)}";
        Assert.True(Sections.TryAdd(name, (based, lines)), $"{name}: two types have this alias.");
    }

    private void AddInterface(Type grain)
    {
        var lines = new SortedDictionary<string, string>(ById);
        foreach (var method in grain.GetMethods().Where(m => m.IsAbstract))
        {
            var takes = string.Join(", ", method.GetParameters().Select(p => $"{Word(p.ParameterType)} {p.Name}"));
            lines.Add(Alias(method) ?? method.Name, $"({takes}) gives {Word(method.ReturnType)}");
        }

        Sections.Add($"interface {Word(grain)}", ("", lines));
    }

    /// <summary>An enum is sent as its number, so its numbers are pinned wherever it is used.</summary>
    private string Enum(Type type)
    {
        var name = $"enum {type.FullName}";
        if (!Sections.ContainsKey(name))
        {
            var lines = new SortedDictionary<string, string>(ById);
            foreach (var value in type.GetEnumValues())
            {
                lines.Add(Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture), value.ToString()!);
            }

            Sections.Add(name, (Word(type.GetEnumUnderlyingType()), lines));
        }

        return type.FullName!;
    }

    private string Word(Type type) =>
        Nullable.GetUnderlyingType(type) is { } value ? $"{Word(value)}?"
        : type.IsArray ? $"{Word(type.GetElementType()!)}[]"
        : type.IsEnum ? Enum(type)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) ? Word(type.GetGenericArguments()[0])
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GetGenericArguments().Select(Word))}>"
        : Words.TryGetValue(type, out var word) ? word
        : Alias(type) ?? type.Name;

    private static string? Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static (string, string) Split(string line, string by) => line.Split(by, 2) is [var one, var two] ? (one, two) : (line, "");
}
