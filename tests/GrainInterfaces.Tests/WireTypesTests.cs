using System.Reflection;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Cluster;
using Orleans;
using Orleans.CodeGeneration;

namespace ExecutionGrains.GrainInterfaces.Tests;

/// <summary>Orleans can serialize every type of a grain call, with names and ids that stay valid during a rolling upgrade.</summary>
public sealed class WireTypesTests
{
    private static readonly Type[] Interfaces = [typeof(IExecutionGrain), typeof(IJanitorGrain), typeof(ISiloReportService)];

    private static readonly Assembly[] Ours = [typeof(ExecutionEvent).Assembly, typeof(JanitorRecord).Assembly, typeof(SiloReport).Assembly];

    private static readonly HashSet<Type> Codecs =
    [
        typeof(void), typeof(bool), typeof(byte), typeof(int), typeof(long), typeof(double), typeof(decimal), typeof(string), typeof(DateTimeOffset),
        typeof(TimeSpan), typeof(Guid), typeof(byte[]),
    ];

    public static TheoryData<Type> Crossing() => [.. Walk().OrderBy(t => t.FullName)];

    [Theory]
    [MemberData(nameof(Crossing))]
    public void Every_type_of_a_grain_call_has_a_serializer_and_a_name(Type type)
    {
        if (type.IsEnum)
        {
            return;
        }

        Assert.NotNull(type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false));
        Assert.NotNull(type.GetCustomAttribute<AliasAttribute>(inherit: false));
        Assert.All(Stored(type), p => Assert.NotNull(p.GetCustomAttribute<IdAttribute>()));
        var ids = Stored(type).Select(p => p.GetCustomAttribute<IdAttribute>()!.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void No_two_types_share_an_alias()
    {
        var aliases = Walk().Where(t => !t.IsEnum).Select(t => t.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias).ToList();

        Assert.NotEmpty(aliases);
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
    }

    [Fact]
    public void Every_grain_method_has_an_alias_and_every_interface_one()
    {
        Assert.All(Interfaces, i => Assert.NotNull(i.GetCustomAttribute<AliasAttribute>()));
        Assert.All(Interfaces.SelectMany(i => i.GetMethods().Where(m => m.IsAbstract)), m => Assert.NotNull(m.GetCustomAttribute<AliasAttribute>()));
    }

    /// <summary>Without one (version 0) Orleans does not check whether silos of two versions understand each other.</summary>
    [Fact]
    public void Every_interface_has_a_version() =>
        Assert.All(Interfaces, i => Assert.NotEqual(0, i.GetCustomAttribute<VersionAttribute>()?.Version ?? 0));

    /// <summary>Members with a setter, which a serializer writes.</summary>
    private static IEnumerable<PropertyInfo> Stored(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(p => p.SetMethod is not null && p.GetIndexParameters().Length == 0);

    private static HashSet<Type> Walk()
    {
        var seen = new HashSet<Type>();
        foreach (var method in Interfaces.SelectMany(i => i.GetMethods().Where(m => m.IsAbstract)))
        {
            Visit(method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(void), seen);
            foreach (var parameter in method.GetParameters())
            {
                Visit(parameter.ParameterType, seen);
            }
        }

        return seen;
    }

    private static void Visit(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Codecs.Contains(type))
        {
            return;
        }

        if (type.IsArray)
        {
            Visit(type.GetElementType()!, seen);
            return;
        }

        if (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Dictionary<,>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)))
        {
            Array.ForEach(type.GetGenericArguments(), a => Visit(a, seen));
            return;
        }

        Assert.True(Ours.Contains(type.Assembly), $"Orleans has no codec that we know of for {type}.");
        if (!seen.Add(type))
        {
            return;
        }

        foreach (var nested in type.GetNestedTypes().Where(n => n.IsSubclassOf(type)))
        {
            Visit(nested, seen);
        }

        foreach (var property in Stored(type))
        {
            Visit(property.PropertyType, seen);
        }
    }
}
