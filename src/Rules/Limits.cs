namespace ExecutionGrains.Rules;

/// <summary>The fixed limits. An event or call over a limit is cut or refused with a message that names the limit; the execution stays usable.</summary>
public static class Limits
{
    public const int OpenStepCountMax = 10_000;
    public const int StepCountMax = 1_000_000;

    /// <summary>Late events kept per execution.</summary>
    public const int EvidenceCountMax = 100;

    /// <summary>Rejections kept per execution, one per code, epoch and event id.</summary>
    public const int RejectionCountMax = 100;

    /// <summary>Ended epochs kept in the row.</summary>
    public const int EpochCountMax = 100;
    public const int LabelCountMax = 32;
    public const int LabelValueLengthMax = 256;

    /// <summary>The key of the label that prevents the deletion of a finished execution, with any value but <c>false</c>.</summary>
    public const string LegalHoldLabel = "legal-hold";
    public const int NameLengthMax = 256;
    public const int EventIdLengthMax = 128;

    /// <summary>The highest cost of a step or an execution, 1e15, in the unit of the producer.</summary>
    public const decimal CostMax = 1_000_000_000_000_000m;

    /// <summary>The highest value of <c>maxAttempts</c>.</summary>
    public const int AttemptsMax = 1_000;

    /// <summary>A reason or a progress message, in UTF-16 code units. Longer ones are cut.</summary>
    public const int NoteLengthMax = 1_024;

    /// <summary>The input or output of a step, in bytes of UTF-8. Longer ones are cut, with the marker <c>[truncated]</c> included in the limit.</summary>
    public const int TracePayloadBytesMax = 10_240;

    /// <summary>A log message, in bytes of UTF-8. Longer ones are cut.</summary>
    public const int LogMessageBytesMax = 16 * 1024;

    /// <summary>Log lines of one epoch.</summary>
    public const int LogLineCountMax = 100_000;

    /// <summary>All log lines of one epoch, in bytes of UTF-8: messages, sources and step ids. 64 MiB.</summary>
    public const long LogBytesMax = 64L * 1024 * 1024;

    /// <summary>A final output, or an error of an execution or a step, in bytes of UTF-8. Longer ones are cut.</summary>
    public const int FinalPayloadBytesMax = 64 * 1024;
    public const int EventsInRequestMax = 10_000;
    public const int RequestBytesMax = 4 * 1024 * 1024;

    /// <summary>The request line and the headers of a request, in bytes.</summary>
    public const int HeadBytesMax = 32 * 1024;

    /// <summary>The body of a sign-in, in bytes.</summary>
    public const int SignInBytesMax = 4 * 1024;
    public const int JsonDepthMax = 64;
    public const int PageSizeMax = 1_000;
}
