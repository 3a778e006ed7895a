using ExecutionGrains.Rules;

namespace ExecutionGrains.Simulation;

/// <summary>Everything of one run, created from its seed.</summary>
internal sealed class World
{
    /// <summary>The execution whose worker keeps reporting while all others are silent.</summary>
    public const string Kept = "kept";

    public static readonly RuleSettings Rules = new();

    private readonly CommitChecks _commits;

    public World(int seed, bool keepTrace)
    {
        (Seed, Random) = (seed, new Random(seed));
        Setup = Setup.Of(Random);
        // Derived from the seed without the random source, so that seeds which broke a promise before announcements existed still run unchanged.
        HasAnnouncements = Setup.SiloCount > 1 && seed % 10 is 3 or 5 or 6 or 7;
        HasRestores = seed / 10 % 10 is 2 or 3 or 7 or 8;
        Time = new SimulatedTime(Random);
        Trace = new Trace(Time, keepTrace);
        Verdict = new Verdict(Time, Trace);
        Faults = new Faults(Time, Random, Setup, Trace);
        Ledger = new Ledger(this);
        Fence = new FenceChecks(this);
        _commits = new CommitChecks(this);
        Store = new MemoryStore(Setup.SiloCount > 1, _commits.Check) { Unmarked = Fence.Unmarked };
        Executions = [.. Ids().Take(Setup.ExecutionCount).Select(id => new SimulatedExecution(id, Random))];
        Buckets = [.. Executions.Select(e => e.Id).Append(Kept).Select(MemoryStore.Bucket).Distinct().Order()];
        Silos = [.. Enumerable.Range(0, Setup.SiloCount).Select(i => new SimulatedSilo(this, $"silo{i}", seed + i))];
        Network = new Network(this);
    }

    public int Seed { get; }

    public Random Random { get; }

    public Setup Setup { get; }

    /// <summary>Whether silos announce their commits to each other. Announcements are optional: they only make answers more recent.</summary>
    public bool HasAnnouncements { get; }

    /// <summary>Whether the store is restored, or marked and fenced without a restore.</summary>
    public bool HasRestores { get; }

    /// <summary>Whether only the network can fail, so that no caller may ever see an error.</summary>
    public bool IsStoreCalm => Setup.IsStoreCalm && !HasRestores;

    public SimulatedTime Time { get; }

    public Trace Trace { get; }

    public Verdict Verdict { get; }

    public Faults Faults { get; }

    public Ledger Ledger { get; }

    public MemoryStore Store { get; private set; }

    public FenceChecks Fence { get; }

    public IReadOnlyList<SimulatedExecution> Executions { get; }

    /// <summary>The buckets of the executions; other buckets are not swept.</summary>
    public IReadOnlyList<int> Buckets { get; }

    public IReadOnlyList<SimulatedSilo> Silos { get; }

    public Network Network { get; }

    /// <summary>Whether the actors must finish.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Whether the silos must stay down.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The largest amount by which any silo's clock was ever ahead of true time.</summary>
    public TimeSpan OffsetMax { get; set; } = TimeSpan.MinValue;

    /// <summary>Maximum difference between two silos' clocks while none is stepped, plus what small steps added.</summary>
    public TimeSpan SkewMax { get; set; } = TimeSpan.FromSeconds(2);

    public StoreBackup BackUp() => new(Time.Elapsed, Store.Copy(), Ledger.Promises);

    /// <summary>Replaces the store by the backup. No silo is up, and all requests that they sent have arrived.</summary>
    public void Restore(StoreBackup backup)
    {
        Store = backup.Store.Copy();
        _commits.Restored(Store);
        Ledger.Restored(backup.Promises, Store);
    }

    /// <summary>Stops everything.</summary>
    public void End()
    {
        foreach (var silo in Silos)
        {
            silo.Dispose();
        }
    }

    /// <summary>Uses ids of two buckets only, because each bucket that is swept costs time in every run.</summary>
    private static IEnumerable<string> Ids() =>
        Enumerable.Range(0, int.MaxValue).Select(i => $"x{i}").Where(id => MemoryStore.Bucket(id) == MemoryStore.Bucket(Kept) || MemoryStore.Bucket(id) == 0);

    public T Pick<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];

    public bool Chance(double chance) => Random.NextDouble() < chance;

    public TimeSpan Seconds(double min, double max) => TimeSpan.FromSeconds(min + (Random.NextDouble() * (max - min)));
}
