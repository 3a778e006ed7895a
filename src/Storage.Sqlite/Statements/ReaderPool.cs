using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>A small pool of read-only connections. A read runs on its caller's thread, because it takes microseconds.</summary>
internal sealed class ReaderPool(Func<Session> open, int size) : IDisposable
{
    private readonly SemaphoreSlim free = new(size, size);
    private readonly ConcurrentBag<Session> idle = [];

    /// <param name="operation">Name of the operation for the exception.</param>
    /// <exception cref="StoreException">SQLite refused the operation.</exception>
    public async Task<T> RunAsync<T>(string operation, Func<Session, T> read, CancellationToken cancel)
    {
        await free.WaitAsync(cancel).ConfigureAwait(false);
        Session? session = null;
        try
        {
            session = idle.TryTake(out var taken) ? taken : open();
            // The read blocks this thread, so only SQLite itself can stop it when the caller cancels.
            using var stop = cancel.Register(static state => ((Session)state!).Interrupt(), session);
            return read(session);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancel);
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.ToStoreException(operation, e);
        }
        finally
        {
            if (session is not null && cancel.IsCancellationRequested)
            {
                // A late interrupt would stop the connection's next read.
                session.Dispose();
            }
            else if (session is not null)
            {
                idle.Add(session);
            }

            free.Release();
        }
    }

    /// <summary>Waits for running reads and closes all connections.</summary>
    public void Dispose()
    {
        for (var i = 0; i < size; i++)
        {
            free.Wait();
        }

        while (idle.TryTake(out var session))
        {
            session.Dispose();
        }

        free.Dispose();
    }
}
