using System.Collections.Concurrent;
using ExecutionGrains.Storage.Sqlite.Statements;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>The thread that runs all writes. It blocks while the disk syncs, so that no thread-pool thread has to.</summary>
internal sealed class WriterThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Session session;
    private readonly Checkpoints checkpoints;
    private readonly Thread thread;

    /// <param name="session">The connection for this object only. Disposed with it.</param>
    /// <param name="checkpoints">Disposed with it.</param>
    public WriterThread(Session session, Checkpoints checkpoints)
    {
        this.session = session;
        this.checkpoints = checkpoints;
        thread = new(Run) { IsBackground = true, Name = "ExecutionGrains SQLite writer" };
        thread.Start();
    }

    /// <param name="operation">Name of the operation for the exception.</param>
    /// <exception cref="StoreException">SQLite refused the operation, or the store is closed.</exception>
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

    /// <summary>Finishes the queued writes, then closes the connection.</summary>
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
