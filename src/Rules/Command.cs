namespace ExecutionGrains.Rules;

/// <summary>Whatever an execution can be asked to do.</summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>The id of the caller's key; null in process and in a replay.</summary>
    public string? KeyId { get; init; }

    /// <summary>Who gives the command, for the audit; null where nothing is audited, and in a replay.</summary>
    public AuditCaller? Caller { get; init; }

    /// <param name="By">The caller's name.</param>
    /// <param name="Namespace">Where it goes if it has to be made; null: nowhere, the caller must say.</param>
    public sealed record Create(ExecutionFacts Facts, Worker? Start, DateTimeOffset? StartAt, string By, string? Namespace) : Command;

    public sealed record Claim(Worker Worker, string By) : Command;

    /// <param name="Event">Within its bounds (<see cref="Bounds.Readable"/>).</param>
    /// <param name="Hash">The keyed hash of the event's canonical form, 16 bytes; null for heartbeats and unreadable ones.</param>
    /// <param name="Trace">Whether the call asks for an explicit trace.</param>
    public sealed record Report(ExecutionEvent Event, int Epoch, byte[]? Hash, string By, string? Namespace, bool Trace = false) : Command
    {
        /// <summary>The epoch of the run token that it came with; null: no token.</summary>
        public int? TokenEpoch { get; init; }
    }

    public sealed record Cancel(string? Reason, string By) : Command;

    public sealed record Resolve(Resolution Resolution, string? Reason, string By) : Command;

    public sealed record Requeue(string? Reason, string By) : Command;

    /// <summary>The execution is to be forgotten, with all that belongs to it.</summary>
    public sealed record Delete(string By) : Command;

    /// <summary>The janitor's proposal: act on what has run out.</summary>
    /// <param name="Shared">Whether another silo may have heard of the worker and not written it: then the stored lease and half of one more is what it may count on.</param>
    /// <param name="AskedAt">When the janitor asked, and up to when the outages are known: what runs out later it has not asked about, however long its question waits. Null: now.</param>
    public sealed record Judge(IReadOnlyList<Outage> Outages, bool Shared = false, DateTimeOffset? AskedAt = null) : Command;

    /// <summary>The store was restored from a backup: whoever spoke for the epoch that the backup holds, or for one that was opened since, is fenced off (decision 8).</summary>
    /// <param name="Epoch">The epoch to go on in, above any that was opened before the restore.</param>
    public sealed record Fence(int Epoch) : Command;

    /// <summary>What the janitor's proposal came to, as its history row names it: a replay knows neither the leases nor the outages of that time.</summary>
    internal sealed record RunOut(Move Move) : Command;

    /// <summary>The full final record could not be stored: the reduced one, without payloads.</summary>
    public sealed record Reduce(ExecutionEvent.ExecutionCompleted Event, int Epoch, byte[] Hash, string By, string? Namespace, string Failure) : Command;
}
