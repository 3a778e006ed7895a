using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>
/// How long a grain call may go without an answer. Orleans times calls by the machine's clock, whatever clock it is given, and a clock that stands makes its own timers
/// spin: so the time is short, and real.
/// </summary>
internal sealed class CallPatience
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    public void AddTo(IServiceCollection services) => services.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = Span);

    /// <summary>It ends by itself: whoever awaits the call sees it.</summary>
    public void RunOut()
    {
    }
}
