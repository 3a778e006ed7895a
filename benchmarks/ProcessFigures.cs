using System.Diagnostics;

namespace ExecutionGrains.Bench;

/// <summary>What the operating system says of a process.</summary>
internal readonly record struct ProcessFigures(long ResidentBytes, TimeSpan Cpu)
{
    public static ProcessFigures Of(int id)
    {
        using var process = Process.GetProcessById(id);
        return new(process.WorkingSet64, process.TotalProcessorTime);
    }
}
