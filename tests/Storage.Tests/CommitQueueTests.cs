using System.Diagnostics;
using System.Diagnostics.Metrics;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Testing;
using Xunit;
using static ExecutionGrains.Storage.Tests.Make;

namespace ExecutionGrains.Storage.Tests;

public sealed class CommitQueueTests
{
    private readonly GatedStore store = new();

    [Fact]
    public async Task Appends_submitted_during_a_commit_form_the_next_batch()
    {
        await using var queue = new CommitQueue(store);
        var first = queue.SubmitAsync(First(State("a")));
        var batch = await store.Next();
        Task<AppendOutcome>[] rest = [.. "bcd".Select(c => queue.SubmitAsync(First(State(c.ToString()))))];
        Assert.Equal(3, queue.Depth);
        batch.Succeed();
        (await store.Next()).Succeed();
        Assert.All(await Task.WhenAll([first, .. rest]), o => Assert.IsType<AppendOutcome.Committed>(o));
        Assert.Equal([1, 3], store.Sizes);
    }

    [Fact]
    public async Task A_caller_that_was_just_answered_is_waited_for_and_joins_the_batch()
    {
        // Disposed only if the test passes: a queue that waits by a manual clock would never finish.
        var time = new ManualTimeProvider();
        var queue = new CommitQueue(store, time: time, scheduler: TaskScheduler.Default);
        await AnswerTwoAsync(queue);

        var one = queue.SubmitAsync(First(State("d")));
        await time.WhenScheduledAsync(CommitPacer.WaitMax).WaitAsync(TimeSpan.FromSeconds(20));
        var two = queue.SubmitAsync(First(State("e")));
        var batch = await store.Next().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["d", "e"], batch.Appends.Select(a => a.State.Id.Value));
        batch.Succeed();
        await Task.WhenAll(one, two);
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task A_single_writer_does_not_wait()
    {
        var queue = new CommitQueue(store, time: new ManualTimeProvider(), scheduler: TaskScheduler.Default, isOnly: true);
        await AnswerTwoAsync(queue);

        var one = queue.SubmitAsync(First(State("d")));
        var batch = await store.Next().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("d", Assert.Single(batch.Appends).State.Id.Value);
        batch.Succeed();
        await one;
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task A_full_queue_says_so_at_once()
    {
        await using var queue = new CommitQueue(store, new() { QueuedMax = 2 });
        var first = queue.SubmitAsync(First(State("a")));
        var batch = await store.Next();
        Task<AppendOutcome>[] waiting = [queue.SubmitAsync(First(State("b"))), queue.SubmitAsync(First(State("c")))];
        var refused = queue.SubmitAsync(First(State("d")));
        Assert.True(refused.IsCompleted);
        Assert.IsType<AppendOutcome.Overloaded>(await refused);
        batch.Succeed();
        (await store.Next()).Succeed();
        await Task.WhenAll([first, .. waiting]);
    }

    [Fact]
    public async Task Two_appends_of_one_execution_never_share_a_batch()
    {
        await using var queue = new CommitQueue(store);
        var first = queue.SubmitAsync(First(State("x")));
        var batch = await store.Next();
        Task<AppendOutcome>[] rest =
            [queue.SubmitAsync(First(State("a"))), queue.SubmitAsync(Next(State("a"))), queue.SubmitAsync(First(State("b")))];
        batch.Succeed();
        var second = await store.Next();
        Assert.Equal(["a", "b"], second.Appends.Select(a => a.State.Id.Value));
        second.Succeed();
        var third = await store.Next();
        Assert.Equal(1, Assert.Single(third.Appends).BaseRevision);
        third.Succeed();
        await Task.WhenAll([first, .. rest]);
    }

    [Fact]
    public async Task A_batch_is_bounded_in_appends_and_in_effects()
    {
        await using var queue = new CommitQueue(store, new() { BatchMax = 2, BatchEffectsMax = 3 });
        var first = queue.SubmitAsync(First(State("x")));
        var batch = await store.Next();
        List<Task<AppendOutcome>> rest = [.. "abc".Select(c => queue.SubmitAsync(First(State(c.ToString()))))];
        rest.Add(queue.SubmitAsync(First(State("d"), [.. Enumerable.Range(1, 5).Select(i => History(i))])));
        batch.Succeed();
        for (var i = 0; i < 3; i++)
        {
            (await store.Next()).Succeed();
        }

        await Task.WhenAll([first, .. rest]);
        Assert.Equal([1, 2, 1, 1], store.Sizes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failing_store_fails_its_batch_and_the_loop_continues(bool uncertain)
    {
        await using var queue = new CommitQueue(store);
        var failing = queue.SubmitAsync(First(State("a")));
        (await store.Next()).Fail(uncertain ? new TimeoutException("gone") : new StoreException("commit", "disk full", transient: true));
        Assert.Equal(uncertain, Assert.IsType<AppendOutcome.Unavailable>(await failing).Uncertain);
        var next = queue.SubmitAsync(First(State("a")));
        (await store.Next()).Succeed();
        Assert.IsType<AppendOutcome.Committed>(await next);
    }

    [Fact]
    public async Task A_listener_to_metrics_and_traces_that_throws_delays_no_caller()
    {
        using var called = new SemaphoreSlim(0);
        using var meters = Listening(() =>
        {
            called.Release();
            throw new InvalidOperationException("no exporter today");
        });
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ExecutionGrains",
            Sample = (ref _) => throw new InvalidOperationException("no exporter today"),
        };
        ActivitySource.AddActivityListener(traces);
        await using var queue = new CommitQueue(store);
        await CommitThrice(queue);
        Assert.True(await called.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_listener_to_metrics_that_hangs_delays_no_caller()
    {
        using var gate = new ManualResetEventSlim();
        using var meters = Listening(gate.Wait);
        await using var queue = new CommitQueue(store);
        try
        {
            await CommitThrice(queue);
        }
        finally
        {
            gate.Set();
        }
    }

    [Fact]
    public async Task A_stopping_queue_finishes_accepted_appends_and_refuses_later_ones()
    {
        var queue = new CommitQueue(store);
        var first = queue.SubmitAsync(First(State("a")));
        var batch = await store.Next();
        var second = queue.SubmitAsync(First(State("b")));
        var stopping = queue.StopAsync();
        Assert.False(Assert.IsType<AppendOutcome.Unavailable>(await queue.SubmitAsync(First(State("c")))).Uncertain);
        Assert.False(stopping.IsCompleted);
        batch.Succeed();
        (await store.Next()).Succeed();
        await stopping;
        Assert.All(await Task.WhenAll(first, second), o => Assert.IsType<AppendOutcome.Committed>(o));
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task A_queue_may_be_disposed_of_twice()
    {
        var queue = new CommitQueue(store);
        await queue.DisposeAsync();
        await queue.DisposeAsync();
        Assert.IsType<AppendOutcome.Unavailable>(await queue.SubmitAsync(First(State("a"))));
    }

    private static MeterListener Listening(Action then)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "executiongrains.commit.batch_size")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => then());
        listener.Start();
        return listener;
    }

    private async Task CommitThrice(CommitQueue queue)
    {
        foreach (var append in (Append[])[First(State("a")), Next(State("a")), First(State("b"))])
        {
            var submitted = queue.SubmitAsync(append);
            (await store.Next()).Succeed();
            Assert.IsType<AppendOutcome.Committed>(await submitted.WaitAsync(TimeSpan.FromSeconds(20)));
        }
    }

    /// <summary>Answers one append, and then two in one batch.</summary>
    private async Task AnswerTwoAsync(CommitQueue queue)
    {
        var first = queue.SubmitAsync(First(State("a")));
        var batch = await store.Next();
        Task<AppendOutcome>[] two = [queue.SubmitAsync(First(State("b"))), queue.SubmitAsync(First(State("c")))];
        batch.Succeed();
        (await store.Next()).Succeed();
        await Task.WhenAll([first, .. two]);
    }
}
