namespace ExecutionGrains.Hosting.Problems;

/// <summary>
/// A feature of requests whose caller may see some namespaces only. Otherwise the response time would tell the caller which ids exist in other namespaces,
/// because their rows are read and those of unknown ids are not.
/// </summary>
public interface IResponseTimeEqualizer
{
    /// <summary>Waits until a fixed time after authentication.</summary>
    Task WaitAsync(CancellationToken cancel);
}
