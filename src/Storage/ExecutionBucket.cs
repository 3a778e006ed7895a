using System.Text;

namespace ExecutionGrains.Storage;

/// <summary>Which of 16 an execution belongs to: what a janitor sweeps, and what writers share out among them.</summary>
internal static class ExecutionBucket
{
    /// <summary>FNV-1a of the id, of which four bits: stable, whatever the process.</summary>
    public static int Of(ExecutionId id)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes(id.Value))
        {
            hash = (hash ^ b) * 16777619u;
        }

        return (int)(hash & 15);
    }
}
