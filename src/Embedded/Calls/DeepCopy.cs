using System.Collections.Concurrent;
using System.Reflection;

namespace ExecutionGrains.Embedded;

/// <summary>
/// Copies a value as crossing a silo boundary would: a grain and its caller never share what either may change.
/// Field by field with reflection, for tests; [Immutable] types and fields are shared.
/// </summary>
internal static class DeepCopy
{
    private static readonly ConcurrentDictionary<Type, bool> Shared = new();
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();
    private static readonly Func<object, object> Shallow =
        typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.CreateDelegate<Func<object, object>>();

    public static object? Of(object? value) => Of(value, new Dictionary<object, object>(ReferenceEqualityComparer.Instance));

    private static object? Of(object? value, Dictionary<object, object> copies)
    {
        if (value is null || Shared.GetOrAdd(value.GetType(), IsShared))
        {
            return value;
        }

        if (copies.TryGetValue(value, out var known))
        {
            return known;
        }

        var copy = Shallow(value);
        copies.Add(value, copy);
        if (copy is Array array)
        {
            CopyElements(array, copies);
        }
        else
        {
            CopyFields(copy, copies);
        }

        return copy;
    }

    private static void CopyElements(Array array, Dictionary<object, object> copies)
    {
        if (Shared.GetOrAdd(array.GetType().GetElementType()!, IsShared))
        {
            return;
        }

        if (array.Rank != 1)
        {
            throw new NotSupportedException($"{array.GetType()} cannot be copied: only arrays of one dimension can.");
        }

        for (var i = 0; i < array.Length; i++)
        {
            array.SetValue(Of(array.GetValue(i), copies), i);
        }
    }

    private static void CopyFields(object copy, Dictionary<object, object> copies)
    {
        foreach (var field in Fields.GetOrAdd(copy.GetType(), FieldsToCopy))
        {
            field.SetValue(copy, Of(field.GetValue(copy), copies));
        }
    }

    private static FieldInfo[] FieldsToCopy(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var t = type; t is not null; t = t.BaseType)
        {
            fields.AddRange(t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(f => !f.IsDefined(typeof(ImmutableAttribute)) && !Shared.GetOrAdd(f.FieldType, IsShared)));
        }

        return [.. fields];
    }

    /// <summary>Without [Immutable], a sealed type is shared only if nothing in it could be changed by anyone.</summary>
    private static bool IsShared(Type type) =>
        type.IsPrimitive || type.IsEnum || type.IsPointer
        || type == typeof(string) || type == typeof(decimal) || type == typeof(DateTime) || type == typeof(DateTimeOffset)
        || type == typeof(TimeSpan) || type == typeof(Guid) || type == typeof(DateOnly) || type == typeof(TimeOnly)
        || type == typeof(Uri) || type == typeof(Version) || type == typeof(CancellationToken)
        || type.IsDefined(typeof(ImmutableAttribute), false)
        || typeof(Orleans.Runtime.IAddressable).IsAssignableFrom(type) || typeof(IGrainFactory).IsAssignableFrom(type)
        || typeof(Type).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type)
        || typeof(Exception).IsAssignableFrom(type) || typeof(Task).IsAssignableFrom(type)
        || (Nullable.GetUnderlyingType(type) is { } underlying && IsShared(underlying));
}
