using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class LogWindowTests
{
    [Fact]
    public void D31_Failed_handshakes_are_logged_for_a_moment_in_each_minute()
    {
        var time = new ManualTimeProvider();
        var window = new LogWindow(time);

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
