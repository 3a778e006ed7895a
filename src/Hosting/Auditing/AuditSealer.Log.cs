namespace ExecutionGrains.Hosting.Auditing;

public sealed partial class AuditSealer
{
    [LoggerMessage(
        1,
        Microsoft.Extensions.Logging.LogLevel.Information,
        "The audit is sealed up to {Head}. «audit verify --head» with this value tells later whether rows up to it were changed or cut off")]
    private partial void Sealed(string head);

    [LoggerMessage(
        2,
        Microsoft.Extensions.Logging.LogLevel.Error,
        "The audit's hash chain is broken and not continued: {Reason}. «audit verify» tells more (docs/operating.md)")]
    private partial void ChainBroken(string reason);

    [LoggerMessage(3, Microsoft.Extensions.Logging.LogLevel.Warning, "The audit could not be sealed; the next pass tries again: {Reason}")]
    private partial void SealingFailed(string reason, Exception? failure);
}
