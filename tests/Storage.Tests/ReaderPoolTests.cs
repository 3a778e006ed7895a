using ExecutionGrains.Storage.Sqlite.Statements;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

public sealed class ReaderPoolTests
{
    private const string Endless = "with recursive n (x) as (select 1 union all select x + 1 from n) select x from n;";

    [Fact]
    public async Task D32_a_read_whose_caller_disconnected_is_cancelled_and_the_next_one_is_not()
    {
        using var pool = new ReaderPool(() => new Session(":memory:"), 1);
        using var gone = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.RunAsync(
            "count",
            session =>
            {
                var rows = 0;
                return session.Filled(Endless).All(_ =>
                {
                    if (++rows == 1_000)
                    {
                        gone.Cancel();
                    }

                    return 0;
                });
            },
            gone.Token));

        Assert.Equal(1, await pool.RunAsync("read", session => session.Filled("select 1;").One(_ => 1), CancellationToken.None));
    }
}
