namespace ExecutionGrains.Rules;

/// <summary>A limit on everything (rule 17). Over a limit is a clear answer; the execution stays well.</summary>
public static class Limits
{
    public const int OpenSteps = 10_000;
    public const int Steps = 1_000_000;

    /// <summary>Late events kept per execution.</summary>
    public const int Evidence = 100;

    /// <summary>Rejections kept per execution, one per code and event id.</summary>
    public const int Rejections = 100;

    /// <summary>Ended epochs kept in the row.</summary>
    public const int Epochs = 100;
    public const int Labels = 32;
    public const int LabelValueLength = 256;

    /// <summary>The label that keeps a finished execution from being deleted, whatever its value but <c>false</c>.</summary>
    public const string LegalHoldLabel = "legal-hold";
    public const int NameLength = 256;
    public const int EventIdLength = 128;

    /// <summary>What a step or an execution may cost, in whatever unit its producers count.</summary>
    public const decimal Cost = 1_000_000_000_000_000m;

    /// <summary>Epochs that an execution may ask for (<c>maxAttempts</c>).</summary>
    public const int Attempts = 1_000;

    /// <summary>A reason or a progress message, in UTF-16 units; cut.</summary>
    public const int NoteLength = 1_024;

    /// <summary>Step input and output, in bytes of UTF-8, the marker included; cut.</summary>
    public const int TracePayload = 10_240;

    /// <summary>A log message, in bytes of UTF-8; cut.</summary>
    public const int LogMessage = 16 * 1024;

    /// <summary>Log lines of one epoch.</summary>
    public const int LogLines = 100_000;

    /// <summary>Messages, sources and step ids of the log lines of one epoch, in bytes of UTF-8. 64 MiB.</summary>
    public const long LogBytes = 64L * 1024 * 1024;

    /// <summary>The final output and the errors, in bytes of UTF-8; cut.</summary>
    public const int FinalPayload = 64 * 1024;
    public const int EventsInRequest = 10_000;
    public const int RequestBytes = 4 * 1024 * 1024;

    /// <summary>The request line and the headers of a request, in bytes.</summary>
    public const int HeadBytes = 32 * 1024;

    /// <summary>The body of a sign-in, in bytes.</summary>
    public const int SignInBytes = 4 * 1024;
    public const int JsonDepth = 64;
    public const int Page = 1_000;
}
