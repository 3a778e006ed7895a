using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Grains.Tests.Liveness;

public sealed class RemoteChangesTests
{
    [Fact]
    public void An_execution_is_doubted_if_it_was_announced_after_the_last_contact()
    {
        var announced = new RemoteChanges();
        var before = announced.Number;
        announced.Hear(Changes.Of([new("a")]));
        Assert.True(announced.IsSince(new("a"), before));
        Assert.False(announced.IsSince(new("b"), before));
        Assert.False(announced.IsSince(new("a"), announced.Number));
    }

    [Fact]
    public void An_announcement_of_everything_means_every_execution()
    {
        var announced = new RemoteChanges();
        announced.Hear(Changes.Of([new("a")]));
        var before = announced.Number;
        announced.Hear(Changes.Everything);
        Assert.True(announced.IsSince(new("a"), before));
        Assert.True(announced.IsSince(new("b"), before));
        Assert.False(announced.IsSince(new("b"), announced.Number));
    }

    [Fact]
    public void Dropped_announcements_are_treated_as_changes_and_kept_ones_are_exact()
    {
        var announced = new RemoteChanges();
        announced.Hear(Changes.Of([new("a")]));
        var early = announced.Number;
        for (var generation = 0; generation < 3; generation++)
        {
            announced.Hear(Changes.Of([.. Enumerable.Range(0, 10_001).Select(i => new ExecutionId($"x{generation}-{i}"))]));
        }

        Assert.True(announced.IsSince(new("never-named"), early - 1));
        Assert.True(announced.IsSince(new("x0-1"), early));
        Assert.True(announced.IsSince(new("x2-1"), announced.Number - 1));
        Assert.False(announced.IsSince(new("never-named"), announced.Number - 1));
        Assert.False(announced.IsSince(new("x0-1"), announced.Number - 1));
    }
}
