using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Serialization;

/// <summary>Assigns each execution to one of 16 buckets. Janitors sweep by bucket, and writers share the executions by bucket.</summary>
internal static class ExecutionBucket
{
    /// <summary>The bucket: the lowest 4 bits of the id's hash, 0 to 15.</summary>
    public static int Of(ExecutionId id) => (int)(StableHash.Of(id.Value) & 15);
}
