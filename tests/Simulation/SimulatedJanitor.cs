using ExecutionGrains.Grains;

namespace ExecutionGrains.Simulation;

/// <summary>Does what a janitor grain does, without Orleans: sweeps, and adds the sweep to its stored record.</summary>
/// <param name="swept">Called for every sweep before it is recorded.</param>
internal sealed class SimulatedJanitor(int bucket, JanitorSweep sweep, SimulatedRecord record, GrainLog log, Action<int, SweepReport> swept)
{
    private JanitorRecorder? _recorder;

    public async Task<SweepReport> SweepAsync()
    {
        if (_recorder is null)
        {
            await record.ReadStateAsync();
            _recorder = new JanitorRecorder(bucket, record, log);
        }

        var report = await sweep.RunAsync();
        swept(bucket, report);
        await _recorder.AddAsync(report);
        return report;
    }
}
