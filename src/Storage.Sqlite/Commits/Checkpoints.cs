using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>
/// Copies the pages of the write-ahead log (WAL) to the database file, on its own connection and thread: on the writer's, every commit of that moment would
/// wait for a thousand pages and two syncs. Works in small steps, because a commit's sync waits while the disk is busy with a step. Once the log is long
/// enough, the writer itself copies the few pages written during the last step, and the log restarts from its beginning.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>Steps until the log restarts.</summary>
    private const int StepCount = 8;

    /// <summary>
    /// Limit of the log, as a multiple of its normal length. Beyond it the writer waits for the running step, so that a slow disk cannot make the log grow
    /// without bound.
    /// </summary>
    private const int PagesMaxFactor = 4;

    private readonly Session session;
    private readonly int logPages;
    private readonly Thread thread;
    private readonly AutoResetEvent begin = new(false);
    private readonly ManualResetEventSlim ended = new(true);
    private volatile bool closing;

    /// <summary>Writer's state: whether a step was started whose end the writer has not seen.</summary>
    private bool begun;

    /// <summary>Writer's state: pages written since the log last restarted.</summary>
    private long pages;

    /// <summary>Writer's state: the page count at which the next step starts.</summary>
    private long due;

    /// <param name="session">The connection for this object only. Disposed with it.</param>
    /// <param name="logPages">Length of the log, in pages of 4 KiB, at which it restarts.</param>
    public Checkpoints(Session session, int logPages)
    {
        (this.session, this.logPages, due) = (session, logPages, logPages / StepCount);
        thread = new(Run) { IsBackground = true, Name = "ExecutionGrains SQLite checkpoints" };
        thread.Start();
    }

    /// <summary>Called by the writer after each of its transactions and before the next.</summary>
    public void Wrote(Session writer)
    {
        pages += writer.PagesWritten();
        if (begun && pages >= (long)PagesMaxFactor * logPages)
        {
            ended.Wait();
        }

        if (begun && ended.IsSet)
        {
            begun = false;
            // Incomplete if a reader still uses the log. The next step tries again.
            if (pages >= logPages && writer.Checkpoint())
            {
                (pages, due) = (0, 0);
            }

            due += logPages / StepCount;
        }

        if (!begun && pages >= due)
        {
            begun = true;
            due = pages;
            ended.Reset();
            begin.Set();
        }
    }

    /// <summary>Waits for a running step.</summary>
    public void Dispose()
    {
        closing = true;
        begin.Set();
        thread.Join();
        session.Dispose();
        begin.Dispose();
        ended.Dispose();
    }

    private void Run()
    {
        while (begin.WaitOne() && !closing)
        {
            session.Checkpoint();
            ended.Set();
        }
    }
}
