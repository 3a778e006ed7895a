using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>
/// Faults of whole processes: frozen, disk full, clock changed. In real time, because a process cannot be given a manual clock; one subclass per store.
/// </summary>
public abstract class ProcessFaults : IAsyncLifetime
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(1.5);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-faults-");

    private protected virtual IReadOnlyDictionary<string, string> Store => new Dictionary<string, string>();

    private protected SiloSettings Settings => new(_data.FullName) { Store = Store };

    public virtual ValueTask InitializeAsync() => default;

    public virtual ValueTask DisposeAsync()
    {
        _data.Delete(recursive: true);
        GC.SuppressFinalize(this);
        return default;
    }

    [Fact]
    public async Task A_silo_frozen_for_longer_than_a_lease_loses_only_the_executions_that_do_not_report_afterwards()
    {
        await using var silo = await SiloProcess.StartAsync(Settings);
        using var api = new TrackerApi(silo.Address, TimeSpan.FromSeconds(2));
        var book = new Acknowledged();
        await using var alive = new Workers([api], book, "alive");
        await using var silent = new Workers([api], book, "silent");
        await alive.StartAsync(100, Lease, Pace);
        await silent.StartAsync(20, Lease, Pace);
        await RoundsAsync(book, 240);

        silo.Freeze();
        alive.Cut();
        await silent.FallSilentAsync();
        await Outage(2 * Lease);
        silo.Thaw();
        // Several sweeps see leases that expired during the outage.
        await Outage(Lease / 2);
        alive.Mend();

        await RoundsAsync(book, 300 * (int)Math.Ceiling(3 * Lease / Pace));
        await UntilAsync(async () => await api.CountAsync("lost") >= 20, TimeSpan.FromMinutes(5));
        await alive.FinishAsync();

        Assert.Empty(alive.Surprises);
        Assert.Equal(20, await api.CountAsync("lost"));
        Assert.Equal(100, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
    }

    [Fact]
    public async Task S29_a_clock_that_steps_an_hour_forward_and_back_loses_no_execution_that_reports()
    {
        Assert.SkipUnless(File.Exists(FakeTime), $"{FakeTime} is missing; ./test installs it (Debian's package faketime).");
        var clock = Path.Combine(_data.FullName, "clock");
        await File.WriteAllTextAsync(clock, "+0", TestContext.Current.CancellationToken);
        await using var silo = await SiloProcess.StartAsync(Settings with
        {
            Others = new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = FakeTime,
                ["FAKETIME_TIMESTAMP_FILE"] = clock,
                ["FAKETIME_NO_CACHE"] = "1",
                ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
                ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
            },
        });
        using var api = new TrackerApi(silo.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(100, Lease, Pace);
        foreach (var step in new[] { "+3600s", "+0" })
        {
            await RoundsAsync(book, 300);
            workers.Cut();
            await File.WriteAllTextAsync(clock, step, TestContext.Current.CancellationToken);
            await Outage(Lease / 2);
            workers.Mend();
            await RoundsAsync(book, 300 * (int)Math.Ceiling(2 * Lease / Pace));
        }

        await workers.FinishAsync();
        Assert.Empty(workers.Surprises);
        Assert.Equal(100, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
    }

    /// <summary>The fault itself: nothing passes for this time.</summary>
    internal static Task Outage(TimeSpan length) => Task.Delay(length, TestContext.Current.CancellationToken); // allowed: the fault lasts this long.

    /// <summary>Waits until this many further events of the workers are acknowledged.</summary>
    internal static Task RoundsAsync(Acknowledged book, int more)
    {
        var enough = book.Count + more;
        return UntilAsync(() => Task.FromResult(book.Count >= enough), TimeSpan.FromMinutes(5));
    }

    /// <summary>Polls a process, which cannot call back, until the answer is true.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan max)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var late = new CancellationTokenSource(max);
        while (!await holds())
        {
            await timer.WaitForNextTickAsync(late.Token);
        }
    }
}
