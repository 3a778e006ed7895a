using System.Diagnostics;

namespace ExecutionGrains.Bench;

/// <summary>Memory and CPU time of a process, as the operating system reports them.</summary>
internal readonly record struct ProcessFigures(long ResidentBytes, TimeSpan Cpu)
{
    public static ProcessFigures Of(int id)
    {
        using var process = Process.GetProcessById(id);
        return new(process.WorkingSet64, process.TotalProcessorTime);
    }
}
