namespace ExecutionGrains.Grains.Tests.Janitor;

public sealed class SweepLogTests
{
    [Fact]
    public void The_last_record_shown_of_each_bucket_is_kept()
    {
        var log = new SweepLog();
        log.Show(3, new() { Found = 1 });
        log.Show(3, new() { Found = 2 });
        log.Show(4, new() { Found = 5 });
        Assert.Equal([(3, 2), (4, 5)], log.Buckets.OrderBy(b => b.Key).Select(b => (b.Key, b.Value.Found)));
    }
}
