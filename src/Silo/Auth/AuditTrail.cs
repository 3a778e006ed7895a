using System.Threading.Channels;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>
/// Writes sign-ins, sign-outs and refusals to the audit, behind the answers. What repeats within a minute is counted in one row, so that no caller can fill
/// the store: at most 256 kinds of events a minute have rows of their own. At most 1,024 rows wait; those beyond are dropped, which a log line tells.
/// </summary>
public sealed partial class AuditTrail(
    IOperationsStore store,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time,
    ILogger<AuditTrail> log) : BackgroundService
{
    private const string RefusedSignInAction = "signin.refused";
    private const int WaitingMax = 1_024;
    private const int GroupsMax = 256;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly AuditCaller Others = new("others", null, null, null, null, null);

    private readonly Channel<Entry> _waiting = Channel.CreateBounded<Entry>(WaitingMax);
    private readonly PacedLine _dropped = new();
    private readonly Lock _gate = new();
    private Dictionary<(string Action, string? KeyId, string? What, UInt128 Address), Group> _groups = [];

    /// <summary>Notes that a browser signed in. Never waits.</summary>
    internal void SignedIn(HttpContext http, ApiKey key) => Note(http, "signin", key, null);

    /// <summary>Notes that a browser signed out. Never waits.</summary>
    /// <param name="key">Null: it is no longer usable.</param>
    internal void SignedOut(HttpContext http, ApiKey? key) => Note(http, "signout", key, null);

    /// <summary>Notes a credential that was refused: a row for each address and minute, when the minute is over. Never waits.</summary>
    internal void RefusedSignIn(HttpContext http) => Note(http, RefusedSignInAction, null, null);

    /// <summary>Notes an operator's call that its caller may not make. Never waits.</summary>
    /// <param name="call">Method and route.</param>
    internal void RefusedAction(HttpContext http, ApiKey? key, string call) => Note(http, "action.refused", key, call);

    /// <summary>Ends the minute at once and waits until its rows are written; for tests.</summary>
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
                    // This row cannot be written, whatever the reason; the next one may be.
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
            var name = (action, key?.KeyId, what, RequestLimits.AddressOf(http));
            if (!_groups.TryGetValue(name, out var group))
            {
                var isFull = _groups.Count >= GroupsMax;
                name = isFull ? (action, null, null, 0) : name;
                if (!isFull || !_groups.TryGetValue(name, out group))
                {
                    var caller = isFull ? Others : AuditFacts.CallerOf(http, key);
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

    /// <summary>A row for each that was counted, at the end of the minute.</summary>
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

    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "{Count} rows of the audit were dropped since the last such line: the store takes them too slowly")]
    private partial void Dropped(long count);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning, "Rows of the audit about sign-ins or refusals were not written: {Reason}")]
    private partial void NotWritten(string reason);

    private sealed record Entry(AuditRow? Row, TaskCompletionSource? Done);

    /// <param name="IsCounted">Whether its row is written when the minute is over, and not at once.</param>
    private sealed record Group(AuditRow Row, bool IsCounted)
    {
        public long Count { get; set; }
    }
}
