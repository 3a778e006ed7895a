using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>
/// Timeout of grain calls. Orleans times calls by the machine's clock, whatever clock it is given, and its own timers spin if a manual clock stands still. So
/// the timeout is short and in real time.
/// </summary>
internal sealed class CallPatience
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    public void AddTo(IServiceCollection services) => services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = Span);

    /// <summary>Needs no action: the call times out by itself, which its caller sees.</summary>
    public void RunOut()
    {
    }
}
