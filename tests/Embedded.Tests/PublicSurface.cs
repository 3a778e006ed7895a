using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ExecutionGrains.Embedded.Tests;

/// <summary>The public types of an assembly's Orleans namespaces, each with its members as text. Read from metadata alone, so that
/// an assembly whose references are missing can be read too.</summary>
internal sealed class PublicSurface
{
    private readonly MetadataReader _reader;

    private PublicSurface(MetadataReader reader)
    {
        _reader = reader;
        foreach (var type in reader.TypeDefinitions.Select(reader.GetTypeDefinition).Where(IsPublicOrleansType))
        {
            Types.Add($"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}", [.. Describe(type)]);
        }
    }

    public Dictionary<string, HashSet<string>> Types { get; } = [];

    public static PublicSurface Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        return new PublicSurface(file.GetMetadataReader());
    }

    private bool IsPublicOrleansType(TypeDefinition type)
    {
        var space = _reader.GetString(type.Namespace);
        return (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
            && (space == "Orleans" || space.StartsWith("Orleans.", StringComparison.Ordinal));
    }

    private IEnumerable<string> Describe(TypeDefinition type)
    {
        yield return $"kind {type.Attributes & (TypeAttributes.Interface | TypeAttributes.Abstract | TypeAttributes.Sealed)}";
        if (!type.BaseType.IsNil)
        {
            yield return $"base {NameOf(type.BaseType)}";
        }

        foreach (var handle in type.GetInterfaceImplementations())
        {
            yield return $"implements {NameOf(_reader.GetInterfaceImplementation(handle).Interface)}";
        }

        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition).Where(m => IsVisible(m.Attributes)))
        {
            yield return Describe(method);
        }

        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition).Where(f => IsVisible((MethodAttributes)f.Attributes)))
        {
            yield return Describe(field);
        }
    }

    /// <summary>Public and protected; the two enums of metadata agree in these bits.</summary>
    private static bool IsVisible(MethodAttributes attributes) =>
        (attributes & MethodAttributes.MemberAccessMask) is MethodAttributes.Public or MethodAttributes.Family or MethodAttributes.FamORAssem;

    private string Describe(MethodDefinition method)
    {
        var signature = method.DecodeSignature(SignatureNames.Instance, null);
        var names = method.GetParameters().Select(_reader.GetParameter).Where(p => p.SequenceNumber > 0)
            .OrderBy(p => p.SequenceNumber).Select(p => _reader.GetString(p.Name) + ((p.Attributes & ParameterAttributes.Optional) != 0 ? "?" : ""));
        var parameters = string.Join(", ", signature.ParameterTypes.Zip(names, (type, name) => $"{type} {name}"));
        var modifiers = method.Attributes & (MethodAttributes.MemberAccessMask | MethodAttributes.Static | MethodAttributes.Abstract | MethodAttributes.Virtual);
        return $"{modifiers} {signature.ReturnType} {_reader.GetString(method.Name)}{Generic(method)}({parameters})";
    }

    private string Generic(MethodDefinition method) => string.Concat(method.GetGenericParameters().Select(_reader.GetGenericParameter)
        .Select(p => $"<{string.Join('&', p.GetConstraints().Select(c => NameOf(_reader.GetGenericParameterConstraint(c).Type)))}>"));

    private string Describe(FieldDefinition field)
    {
        var constant = field.GetDefaultValue();
        var value = constant.IsNil ? "" : " = " + Convert.ToHexString(_reader.GetBlobBytes(_reader.GetConstant(constant).Value));
        return $"field {field.DecodeSignature(SignatureNames.Instance, null)} {_reader.GetString(field.Name)}{value}";
    }

    private string NameOf(EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeDefinition => SignatureNames.Instance.GetTypeFromDefinition(_reader, (TypeDefinitionHandle)type, 0),
        HandleKind.TypeReference => SignatureNames.Instance.GetTypeFromReference(_reader, (TypeReferenceHandle)type, 0),
        _ => _reader.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(SignatureNames.Instance, null),
    };
}
