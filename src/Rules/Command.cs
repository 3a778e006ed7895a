namespace ExecutionGrains.Rules;

/// <summary>The input of <see cref="ExecutionRules.Decide"/>: a call, one event of a report, or a decision of the tracker itself.</summary>
public abstract record Command
{
    private Command()
    {
    }

    /// <summary>The id of the caller's key. Null for in-process calls and in a replay.</summary>
    public string? KeyId { get; init; }

    /// <summary>The caller for the audit row. Null for commands that are not audited, and in a replay.</summary>
    public AuditCaller? Caller { get; init; }

    /// <param name="By">The caller's name.</param>
    /// <param name="Namespace">
    /// The namespace of an execution that this call creates, if <c>Facts</c> names none. Null: a call without a namespace is refused with
    /// <see cref="Code.Forbidden"/>.
    /// </param>
    public sealed record Create(ExecutionFacts Facts, Worker? Start, DateTimeOffset? StartAt, string By, string? Namespace) : Command;

    public sealed record Claim(Worker Worker, string By) : Command;

    /// <summary>One event of a report.</summary>
    /// <param name="Event">The event after <see cref="FieldValidation.Normalize"/>.</param>
    /// <param name="Epoch">The epoch that the event named; 1 if it named none.</param>
    /// <param name="Hash">The keyed hash of the canonical form, 16 bytes. Null for heartbeats and unreadable events.</param>
    /// <param name="By">The caller's name.</param>
    /// <param name="Namespace">As in <see cref="Create"/>.</param>
    /// <param name="Trace">Whether the call asks for an explicit trace.</param>
    public sealed record ApplyEvent(ExecutionEvent Event, int Epoch, byte[]? Hash, string By, string? Namespace, bool Trace = false) : Command
    {
        /// <summary>The epoch of the run token of the request. Null if the request had no run token.</summary>
        public int? TokenEpoch { get; init; }
    }

    public sealed record Cancel(string? Reason, string By) : Command;

    public sealed record Resolve(Resolution Resolution, string? Reason, string By) : Command;

    public sealed record Requeue(string? Reason, string By) : Command;

    /// <summary>Deletes the execution and all its rows.</summary>
    public sealed record Delete(string By) : Command;

    /// <summary>Asks the execution to act on its first expired deadline. Sent by the janitor.</summary>
    /// <param name="Outages">The outages of the tracker; they move deadlines.</param>
    /// <param name="IsStoreShared">
    /// Whether other silos write to the same store. Another silo may have extended the lease by up to half its term without storing it, so the lease then ends
    /// no earlier than the stored lease plus half its term.
    /// </param>
    /// <param name="DeadlinesUpTo">
    /// When the janitor asked; the outages are known up to this time. Deadlines after it are not judged, however long the command waited. Null: now.
    /// </param>
    public sealed record CheckDeadlines(IReadOnlyList<Outage> Outages, bool IsStoreShared = false, DateTimeOffset? DeadlinesUpTo = null) : Command;

    /// <summary>
    /// Fences off earlier workers after the store was restored from a backup: those of the epoch in the backup and of epochs that were opened after the
    /// backup (docs/decisions/0008-restored-stores.md).
    /// </summary>
    /// <param name="Epoch">The new epoch, above every epoch that was opened before the restore.</param>
    public sealed record Fence(int Epoch) : Command;

    /// <summary>
    /// The result of a <see cref="CheckDeadlines"/>, read from its history row. A replay needs it because the leases and outages of that time are not stored.
    /// </summary>
    internal sealed record ApplyDeadline(Move Move) : Command;

    /// <summary>Stores an end without its payloads, after the store refused the full record.</summary>
    /// <param name="Failure">Why the store refused the full record.</param>
    public sealed record CompleteWithoutPayloads(
        ExecutionEvent.ExecutionCompleted Event, int Epoch, byte[] Hash, string By, string? Namespace, string Failure) : Command;
}
