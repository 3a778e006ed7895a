using Orleans.Runtime;

namespace ExecutionGrains.Embedded;

/// <summary>Where a call to a grain goes: its class and its key.</summary>
internal readonly record struct GrainAddress(GrainKind Kind, string Key)
{
    /// <exception cref="ArgumentException">Neither a reference from IGrainFactory nor a grain that the runtime made.</exception>
    public static GrainAddress Of(IAddressable grain) => grain switch
    {
        null => throw new ArgumentNullException(nameof(grain)),
        GrainProxy proxy => new GrainAddress(proxy.Kind, proxy.Key),
        Grain { Activation: var activation } => new GrainAddress(activation.Kind, activation.Key),
        _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };
}
