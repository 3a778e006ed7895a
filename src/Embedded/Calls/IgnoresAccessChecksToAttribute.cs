namespace System.Runtime.CompilerServices;

/// <summary>Known to the runtime by name: the marked (emitted) assembly may use the named assembly's internal types.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
