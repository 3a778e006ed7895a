using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class LogWindowTests
{
    [Fact]
    public void D31_Failed_handshakes_are_logged_in_one_burst_per_minute()
    {
        var time = new ManualTimeProvider();
        var window = new LogRateLimiter(time);

        Assert.True(window.IsOpen());
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.True(window.IsOpen());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(window.IsOpen());
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(window.IsOpen());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(window.IsOpen());
    }
}
