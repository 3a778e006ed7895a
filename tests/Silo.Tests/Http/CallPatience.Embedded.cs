using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>How long a grain call may go without an answer: 30 s by a clock that a test moves.</summary>
internal sealed class CallPatience
{
    private readonly ManualTimeProvider clock = new();

    public void AddTo(IServiceCollection services) => services.AddSingleton<TimeProvider>(clock);

    /// <summary>Ends the patience with the calls that wait.</summary>
    public void RunOut() => clock.Advance(TimeSpan.FromSeconds(31));
}
