using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace ExecutionGrains.Embedded;

/// <summary>
/// Emits, once per grain interface, a reference type that implements it and a call type per method: a call costs no reflection.
/// </summary>
internal static class CallTypes
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Type, Func<GrainKind, string, GrainProxy>> Factories = [];
    private static readonly HashSet<string> Opened = [];
    private static readonly AssemblyBuilder Assembly =
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("ExecutionGrains.Embedded.Calls"), AssemblyBuilderAccess.Run);

    private static readonly ModuleBuilder Module = Assembly.DefineDynamicModule("Calls");
    private static readonly Type[] ProxyParameters = [typeof(GrainKind), typeof(string)];

    public static string ArgumentName(int index) => $"a{index}";

    /// <exception cref="NotSupportedException">A method of the interface cannot cross a grain call.</exception>
    public static Func<GrainKind, string, GrainProxy> ProxyFactory(Type grainInterface)
    {
        lock (Gate)
        {
            if (!Factories.TryGetValue(grainInterface, out var factory))
            {
                factory = Compile(grainInterface);
                Factories.Add(grainInterface, factory);
            }

            return factory;
        }
    }

    private static Func<GrainKind, string, GrainProxy> Compile(Type grainInterface)
    {
        OpenAccessTo(typeof(GrainProxy));
        OpenAccessTo(grainInterface);
        var methods = grainInterface.GetInterfaces().Append(grainInterface).SelectMany(i => i.GetMethods()).Where(m => m.IsAbstract).ToArray();
        var proxy = Module.DefineType($"Reference{Factories.Count}_{grainInterface.Name}", TypeAttributes.Sealed, typeof(GrainProxy), [grainInterface]);
        var table = proxy.DefineField("Methods", typeof(GrainMethod[]), FieldAttributes.Static | FieldAttributes.Assembly);
        DefineConstructor(proxy);
        for (var i = 0; i < methods.Length; i++)
        {
            DefineMethod(proxy, methods[i], i, table, DefineCall($"{proxy.Name}_{i}_{methods[i].Name}", methods[i]));
        }

        var type = proxy.CreateType();
        type.GetField(table.Name, BindingFlags.Static | BindingFlags.NonPublic)!
            .SetValue(null, methods.Select(m => new GrainMethod(m)).ToArray());
        return Constructor(type);
    }

    private static void DefineConstructor(TypeBuilder proxy)
    {
        var il = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, ProxyParameters).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, typeof(GrainProxy).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, ProxyParameters)!);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineMethod(TypeBuilder proxy, MethodInfo method, int index, FieldInfo table, Type call)
    {
        var parameters = method.GetParameters();
        var builder = proxy.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            [.. parameters.Select(p => p.ParameterType)]);
        var il = builder.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Newobj, call.GetConstructor(Type.EmptyTypes)!);
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Stfld, call.GetField(ArgumentName(i))!);
        }

        il.Emit(OpCodes.Ldsfld, table);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Call, typeof(GrainProxy).GetMethod("Send", BindingFlags.Instance | BindingFlags.NonPublic)!);
        EmitFromTask(il, method.ReturnType);
        il.Emit(OpCodes.Ret);
        proxy.DefineMethodOverride(builder, method);
    }

    private static Type DefineCall(string name, MethodInfo method)
    {
        Check(method);
        var result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : typeof(Nothing);
        var parent = typeof(GrainCall<>).MakeGenericType(result);
        var call = Module.DefineType(name, TypeAttributes.Sealed, parent);
        var arguments = method.GetParameters()
            .Select((p, i) => call.DefineField(ArgumentName(i), p.ParameterType, FieldAttributes.Public)).ToArray();
        call.DefineDefaultConstructor(MethodAttributes.Public);

        var invoke = parent.GetMethod("Invoke", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var il = call.DefineMethod(
            invoke.Name, MethodAttributes.Family | MethodAttributes.Virtual | MethodAttributes.HideBySig, typeof(Task), [typeof(object)]).GetILGenerator();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var argument in arguments)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, argument);
        }

        il.Emit(OpCodes.Callvirt, method);
        EmitToTask(il, method.ReturnType);
        il.Emit(OpCodes.Ret);
        return call.CreateType();
    }

    private static void Check(MethodInfo method)
    {
        var returns = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericTypeDefinition() : method.ReturnType;
        var isAwaitable = returns == typeof(Task) || returns == typeof(Task<>) || returns == typeof(ValueTask) || returns == typeof(ValueTask<>);
        if (!isAwaitable || method.IsGenericMethodDefinition || method.GetParameters().Any(p => p.ParameterType.IsByRef))
        {
            throw new NotSupportedException(
                $"{method.DeclaringType!.FullName}.{method.Name} cannot be a grain call: it must return Task or ValueTask, without type parameters and ref parameters.");
        }
    }

    private static void EmitFromTask(ILGenerator il, Type returnType)
    {
        if (!returnType.IsValueType)
        {
            il.Emit(OpCodes.Castclass, returnType);
            return;
        }

        var task = returnType.IsGenericType ? typeof(Task<>).MakeGenericType(returnType.GetGenericArguments()) : typeof(Task);
        il.Emit(OpCodes.Castclass, task);
        il.Emit(OpCodes.Newobj, returnType.GetConstructor([task])!);
    }

    private static void EmitToTask(ILGenerator il, Type returnType)
    {
        if (returnType.IsValueType)
        {
            var local = il.DeclareLocal(returnType);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
            il.Emit(OpCodes.Call, returnType.GetMethod(nameof(ValueTask.AsTask))!);
        }
    }

    private static Func<GrainKind, string, GrainProxy> Constructor(Type proxy)
    {
        var create = new DynamicMethod("Create", typeof(GrainProxy), ProxyParameters, proxy, skipVisibility: true);
        var il = create.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Newobj, proxy.GetConstructor(ProxyParameters)!);
        il.Emit(OpCodes.Ret);
        return create.CreateDelegate<Func<GrainKind, string, GrainProxy>>();
    }

    /// <summary>Lets the emitted types use the internal types of an assembly, as DispatchProxy does.</summary>
    private static void OpenAccessTo(Type type)
    {
        foreach (var name in type.GetInterfaces().Append(type).Select(t => t.Assembly.GetName().Name!).Distinct().Where(Opened.Add))
        {
            Assembly.SetCustomAttribute(new CustomAttributeBuilder(
                typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!, [name]));
        }
    }
}
