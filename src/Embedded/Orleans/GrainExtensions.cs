using ExecutionGrains.Embedded;
using Orleans.Runtime;

namespace Orleans;

public static class GrainExtensions
{
    /// <exception cref="ArgumentException">Neither a reference from IGrainFactory nor a grain that the runtime made.</exception>
    public static string GetPrimaryKeyString(this IAddressable grain) => GrainAddress.Of(grain).Key;
}
