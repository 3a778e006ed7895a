namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Brings what the log (WAL) has to the database's file, on a connection and a thread of their own: on the writer's, every commit of that moment would wait for a thousand pages and two
/// syncs. And it does so in small steps, because a commit's own sync waits while the disk is busy with them. Once the log is long enough, the writer brings the little that came during the
/// last step, and the log begins anew.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>Steps until the log begins anew.</summary>
    private const int StepCount = 8;

    /// <summary>So many times the pages of a whole log, and the writer waits for the step that runs: a log is bounded however slow the disk is.</summary>
    private const int PagesMaxFactor = 4;

    private readonly Session session;
    private readonly int logPages;
    private readonly Thread thread;
    private readonly AutoResetEvent begin = new(false);
    private readonly ManualResetEventSlim ended = new(true);
    private volatile bool closing;

    /// <summary>The writer's: a step was begun whose end it has not seen.</summary>
    private bool begun;

    /// <summary>The writer's: pages written since the log last began anew.</summary>
    private long pages;

    /// <summary>The writer's: with so many pages the next step begins.</summary>
    private long due;

    /// <param name="session">Its own.</param>
    /// <param name="logPages">Pages in the log (4 KiB each) after which it is to begin anew.</param>
    public Checkpoints(Session session, int logPages)
    {
        (this.session, this.logPages, due) = (session, logPages, logPages / StepCount);
        thread = new(Run) { IsBackground = true, Name = "ExecutionGrains SQLite checkpoints" };
        thread.Start();
    }

    /// <summary>The writer, after each of its transactions and before the next.</summary>
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
            // Not whole where somebody reads in the log: the next step tries again.
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

    /// <summary>Lets one that runs come to its end.</summary>
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
