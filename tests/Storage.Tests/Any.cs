using System.Collections;
using System.Reflection;
using ExecutionGrains.Rules;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

/// <summary>Random values, with every member of a record set or left out.</summary>
internal static class Any
{
    public static T Of<T>(Random random) => (T)Of(typeof(T), random)!;

    /// <summary>A random value of the type, created by reflection, so that members that a state gets later are filled too.</summary>
    public static object? Of(Type type, Random random)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return random.Next(2) == 0 ? null : Of(inner, random);
        }

        return type switch
        {
            _ when type == typeof(string) => AnyText(random),
            _ when type == typeof(ExecutionId) => new ExecutionId($"id-{random.Next()}"),
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(int) => random.Next(3) == 0 ? 0 : random.Next(),
            _ when type == typeof(long) => random.Next(3) == 0 ? 0L : random.NextInt64(),
            _ when type == typeof(double) => random.NextDouble() * 100,
            _ when type == typeof(decimal) =>
                random.Next(3) == 0 ? 0m : new decimal(random.Next(), random.Next(), 0, random.Next(2) == 0, (byte)random.Next(12)),
            _ when type == typeof(DateTimeOffset) => T0.AddTicks(random.NextInt64(1_000_000_000_000) * 10),
            { IsEnum: true } => Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length)),
            _ when type == typeof(Dictionary<string, string>) => Enumerable.Range(0, random.Next(4))
                .ToDictionary(i => $"{AnyText(random)}{i}", _ => AnyText(random)),
            _ when type.IsAssignableTo(typeof(IEnumerable)) => Several(type.GetGenericArguments()[0], random),
            _ => AnyRecord(type, random),
        };
    }

    private static string AnyText(Random random) =>
        random.Next(4) switch { 0 => string.Empty, 1 => $"ü\"\\\u0001日本😀/{random.Next(9)}", _ => $"text-{random.Next(1_000)}" };

    private static Array Several(Type type, Random random)
    {
        var several = Array.CreateInstance(type, random.Next(3));
        for (var i = 0; i < several.Length; i++)
        {
            several.SetValue(Of(type, random), i);
        }

        return several;
    }

    private static object AnyRecord(Type type, Random random)
    {
        // A record's primary constructor, not its copy constructor.
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Of(p.ParameterType, random))]);
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.GetProperties().Where(p => p.CanWrite && constructor.GetParameters().All(c => c.Name != p.Name)))
        {
            var mayBeNull = !property.PropertyType.IsValueType && nullability.Create(property).WriteState == NullabilityState.Nullable;
            property.SetValue(made, mayBeNull && random.Next(2) == 0 ? null : Of(property.PropertyType, random));
        }

        return made;
    }
}
