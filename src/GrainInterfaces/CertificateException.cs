namespace ExecutionGrains.GrainInterfaces;

/// <summary>The certificate files of a cluster cannot be used. The message is one line and names the file.</summary>
public sealed class CertificateException : Exception
{
    public CertificateException()
    {
    }

    public CertificateException(string message)
        : base(message)
    {
    }

    public CertificateException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
