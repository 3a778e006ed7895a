using System.Threading.Channels;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Statements;

namespace ExecutionGrains.Hosting.Auth.Audit;

/// <summary>
/// Writes sign-ins, sign-outs and refusals to the audit log in the background. Equal events within a minute are counted in one row, so that no caller can
/// fill the store. At most 256 groups of equal events per minute have rows of their own; further events are counted per action, under the caller
/// <c>others</c>. At most 1,024 rows are queued; further rows are dropped, and a warning reports how many.
/// </summary>
public sealed partial class AuditWriter(
    IOperationsStore store,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<AuditWriter> log) : BackgroundService
{
    private const string RefusedSignInAction = "signin.refused";
    private const int WaitingMax = 1_024;
    private const int GroupsMax = 256;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly AuditCaller Others = new("others", null, null, null, null, null);

    private readonly Channel<Entry> _waiting = Channel.CreateBounded<Entry>(WaitingMax);
    private readonly LogThrottle _dropped = new();
    private readonly Lock _gate = new();
    private Dictionary<(string Action, string? KeyId, string? What, UInt128 Address), Group> _groups = [];

    /// <summary>Records that a browser signed in. Does not wait for the store.</summary>
    internal void SignedIn(HttpContext http, ApiKey key) => Note(http, "signin", key, null);

    /// <summary>Records that a browser signed out. Does not wait for the store.</summary>
    /// <param name="key">The key of the session; null: no longer valid.</param>
    internal void SignedOut(HttpContext http, ApiKey? key) => Note(http, "signout", key, null);

    /// <summary>Counts a refused credential. Each address has one row per minute, written at the end of the minute. Does not wait for the store.</summary>
    internal void RefusedSignIn(HttpContext http) => Note(http, RefusedSignInAction, null, null);

    /// <summary>Records an operator's call that was answered 403. Does not wait for the store.</summary>
    /// <param name="call">The HTTP method and the route pattern.</param>
    internal void RefusedAction(HttpContext http, ApiKey? key, string call) => Note(http, "action.refused", key, call);

    /// <summary>Ends the current minute now and waits until its rows are written. For tests.</summary>
    public async Task FlushAsync()
    {
        EndWindow();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _waiting.Writer.WriteAsync(new Entry(null, done)).ConfigureAwait(false);
        await done.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        EndWindow();
        while (_waiting.Reader.TryRead(out var entry))
        {
            try
            {
                await WriteAsync(entry, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException failure)
            {
                NotWritten(failure.Message);
                return;
            }
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(CountAsync(stoppingToken), DrainAsync(stoppingToken));

    private async Task CountAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Window, time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            EndWindow();
        }
    }

    private async Task DrainAsync(CancellationToken stop)
    {
        while (await _waiting.Reader.WaitToReadAsync(stop).ConfigureAwait(false))
        {
            while (!stop.IsCancellationRequested && _waiting.Reader.TryPeek(out var entry))
            {
                try
                {
                    await WriteAsync(entry, CancellationToken.None).ConfigureAwait(false);
                    _waiting.Reader.TryRead(out _);
                }
                catch (StoreException failure) when (failure.Transient)
                {
                    await Task.Delay(RetryDelay, stop).ConfigureAwait(false);
                }
                catch (Exception failure) when (!stop.IsCancellationRequested)
                {
                    // A permanent failure concerns this row only. Drop it, so that it does not block the rows behind it.
                    _waiting.Reader.TryRead(out _);
                    NotWritten(failure.Message);
                }
            }
        }
    }

    private async Task WriteAsync(Entry entry, CancellationToken cancel)
    {
        if (entry.Row is { } row)
        {
            await store.AppendAuditAsync(row, cancel).ConfigureAwait(false);
        }

        entry.Done?.TrySetResult();
    }

    private void Note(HttpContext http, string action, ApiKey? key, string? what)
    {
        var now = time.GetUtcNow();
        var isCounted = action == RefusedSignInAction;
        AuditRow? row = null;
        lock (_gate)
        {
            var name = (action, key?.KeyId, what, RequestRateLimits.AddressOf(http));
            if (!_groups.TryGetValue(name, out var group))
            {
                var isFull = _groups.Count >= GroupsMax;
                name = isFull ? (action, null, null, 0) : name;
                if (!isFull || !_groups.TryGetValue(name, out group))
                {
                    var caller = isFull ? Others : AuditContext.CallerOf(http, key);
                    var @namespace = !isFull && key?.Namespaces is [var only] ? only : null;
                    group = new Group(AuditRow.Of(caller, now, action, null, @namespace, what), isCounted || isFull);
                    _groups.Add(name, group);
                    row = group.IsCounted ? null : group.Row;
                }
            }

            group.Count++;
        }

        if (row is not null)
        {
            Add(row);
        }
    }

    /// <summary>Starts a new minute, and queues a row for each group with events that no row reports yet.</summary>
    private void EndWindow()
    {
        Dictionary<(string Action, string? KeyId, string? What, UInt128 Address), Group> ended;
        lock (_gate)
        {
            (ended, _groups) = (_groups, []);
        }

        var now = time.GetUtcNow();
        foreach (var group in ended.Values)
        {
            var told = group.IsCounted ? 0 : 1;
            if (group.Count > told)
            {
                Add(group.Row with { At = now, Reason = Told(group.Row.Reason, group.Count - told, told > 0) });
            }
        }
    }

    private static string Told(string? what, long count, bool isMore) =>
        FormattableString.Invariant($"{(what is null ? string.Empty : what + ": ")}{count}{(isMore ? " more" : string.Empty)} within a minute");

    private void Add(AuditRow row)
    {
        if (!_waiting.Writer.TryWrite(new Entry(row, null)) && _dropped.Count() is { } count)
        {
            Dropped(count);
        }
    }

    [LoggerMessage(
        1, Microsoft.Extensions.Logging.LogLevel.Warning, "Dropped {Count} audit rows since the last message like this: the store writes them too slowly")]
    private partial void Dropped(long count);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning, "Audit rows about sign-ins or refusals were not written: {Reason}")]
    private partial void NotWritten(string reason);

    private sealed record Entry(AuditRow? Row, TaskCompletionSource? Done);

    /// <param name="IsCounted">
    /// Whether its only row is written at the end of the minute. False: one row is written at once, and a second one then counts the repetitions.
    /// </param>
    private sealed record Group(AuditRow Row, bool IsCounted)
    {
        public long Count { get; set; }
    }
}
