using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>Which of 16 an execution belongs to: what a janitor sweeps, and what writers share out among them.</summary>
internal static class ExecutionBucket
{
    /// <summary>Four bits of the id's hash.</summary>
    public static int Of(ExecutionId id) => (int)(StableHash.Of(id.Value) & 15);
}
