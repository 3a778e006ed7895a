using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>The one thread that writes. It waits for the disk, so that no pool thread has to.</summary>
internal sealed class WriterThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Session session;
    private readonly Checkpoints checkpoints;
    private readonly Thread thread;

    /// <param name="session">Its own.</param>
    /// <param name="checkpoints">End with it.</param>
    public WriterThread(Session session, Checkpoints checkpoints)
    {
        this.session = session;
        this.checkpoints = checkpoints;
        thread = new(Run) { IsBackground = true, Name = "ExecutionGrains SQLite writer" };
        thread.Start();
    }

    /// <param name="operation">What it is, for the exception.</param>
    /// <exception cref="StoreException">The engine refused.</exception>
    public Task<T> RunAsync<T>(string operation, Func<Session, T> write)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            work.Add(() => Complete(done, operation, write));
        }
        catch (InvalidOperationException)
        {
            done.SetException(new StoreException(operation, "the store is closed.", transient: false));
        }

        return done.Task;
    }

    /// <summary>Finishes what was handed in, then closes the connection.</summary>
    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        checkpoints.Dispose();
        session.Dispose();
        work.Dispose();
    }

    private void Complete<T>(TaskCompletionSource<T> done, string operation, Func<Session, T> write)
    {
        try
        {
            done.SetResult(write(session));
        }
        catch (SqliteException e)
        {
            done.SetException(SqliteFailure.ToStoreException(operation, e));
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Run()
    {
        foreach (var action in work.GetConsumingEnumerable())
        {
            action();
            checkpoints.Wrote(session);
        }
    }
}
