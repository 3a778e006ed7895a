namespace ExecutionGrains.Storage.Auditing;

/// <summary>A signed place in the hash chain.</summary>
/// <param name="Name"><see cref="Start"/> or <see cref="Head"/>.</param>
/// <param name="Sequence">The sequence of the row that it names. 0: before the first row.</param>
/// <param name="Hash">The hash of that row.</param>
/// <param name="At">When it was signed, by the tracker's clock.</param>
/// <param name="Signature">By <see cref="AuditSigner"/>.</param>
public sealed record AuditCheckpoint(string Name, long Sequence, byte[] Hash, DateTimeOffset At, byte[] Signature)
{
    /// <summary>The last row that was deleted by retention. Where there is none, the chain starts at sequence 0.</summary>
    public const string Start = "start";

    /// <summary>The last row that is sealed.</summary>
    public const string Head = "head";

    /// <summary>As <c>audit verify --head</c> takes it: the sequence, a colon and the hash in hexadecimal.</summary>
    public string Text => FormattableString.Invariant($"{Sequence}:{Convert.ToHexStringLower(Hash)}");
}
