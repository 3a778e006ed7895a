using System.Collections.Concurrent;
using System.Diagnostics;
using ExecutionGrains.Simulation;

namespace ExecutionGrains.Soak;

/// <summary>Runs one seed after another on every core until the time is up; prints progress and the result.</summary>
internal sealed class Soaking(int from, TimeSpan length)
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentQueue<RunResult> _failed = new();
    private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];
    private readonly Lock _gate = new();
    private long _runs;
    private long _answers;
    private long _executions;
    private TimeSpan _simulated;
    private TimeSpan _reportedAt;

    /// <returns>0 if every promise was kept, otherwise 1.</returns>
    public int Run()
    {
        Console.WriteLine($"Seeds from {from}, for {length.TotalMinutes:0.##} min.");
        var next = from - 1;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            while (_watch.Elapsed < length)
            {
                Add(SimulationRun.Of(Interlocked.Increment(ref next)));
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        return Conclude();
    }

    private void Add(RunResult run)
    {
        lock (_gate)
        {
            _runs++;
            _answers += run.AnswerCount;
            _executions += run.ExecutionCount;
            _simulated += run.Simulated;
            for (var kind = 0; kind < _faults.Length; kind++)
            {
                _faults[kind] += run.Faults[kind];
            }

            if (run.Failure is not null)
            {
                _failed.Enqueue(run);
                Console.WriteLine($"FAILED seed {run.Seed}: {run.Failure}\n       ./soak --seed {run.Seed} replays it");
            }

            if (_watch.Elapsed - _reportedAt >= ReportPeriod)
            {
                _reportedAt = _watch.Elapsed;
                Console.WriteLine(
                    $"{_watch.Elapsed:hh\\:mm\\:ss}  {_runs:N0} seeds, {_runs / _watch.Elapsed.TotalMinutes:N0}/min, "
                    + $"{_faults.Sum():N0} faults, {_answers:N0} answers, {_failed.Count} failed");
            }
        }
    }

    private int Conclude()
    {
        Console.WriteLine(
            $"{_runs:N0} seeds ({from} to {from + _runs - 1}), {_runs / _watch.Elapsed.TotalMinutes:N0}/min; "
            + $"{_executions:N0} executions, {_answers:N0} answers, {_simulated.TotalDays:N1} simulated days.");
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            Console.WriteLine($"  {kind,-18} {_faults[(int)kind],12:N0}");
        }

        Console.WriteLine(_failed.IsEmpty ? "Every promise was kept." : $"{_failed.Count} seeds failed: {string.Join(' ', _failed.Select(r => r.Seed))}");
        return _failed.IsEmpty ? 0 : 1;
    }
}
