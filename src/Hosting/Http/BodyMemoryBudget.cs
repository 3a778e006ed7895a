using System.Runtime.InteropServices;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Limits the memory of request bodies: of all requests together, and of one caller to half of that. Default an eighth of the process's memory, 32 MiB to
/// 1 GiB; setting <see cref="ExecutionGrainsOptions.BodiesMiB"/>.
/// </summary>
public sealed class BodyMemoryBudget(ExecutionGrainsOptions options, AuthMetrics counters)
{
    /// <summary>Key under which the bodies of all unauthenticated requests are counted together.</summary>
    private const string Nobody = "";
    private const long Mebibyte = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _perCaller = new(StringComparer.Ordinal);
    private readonly long _max = options.BodiesMiB > 0 ? options.BodiesMiB * Mebibyte : DefaultMax();
    private long _held;

    /// <summary>Bytes currently in use.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
            {
                return _held;
            }
        }
    }

    /// <summary>Opens the lease of one request, empty at first. Its bytes are released when the response has been sent.</summary>
    public Lease Open(HttpContext http)
    {
        var lease = new Lease(this, http.Features.Get<Credential>()?.Key.KeyId ?? Nobody);
        http.Response.RegisterForDispose(lease);
        return lease;
    }

    /// <summary>An eighth of the memory available to the process, 32 MiB to 1 GiB.</summary>
    private static long DefaultMax() => Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8, 32 * Mebibyte, 1024 * Mebibyte);

    private bool TryTake(string caller, long bytes)
    {
        lock (_gate)
        {
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_perCaller, caller, out _);
            if (_held + bytes > _max || own + bytes > _max / 2)
            {
                if (own == 0)
                {
                    _perCaller.Remove(caller);
                }

                return false;
            }

            (own, _held) = (own + bytes, _held + bytes);
            return true;
        }
    }

    private void Refused() => counters.Limited("body");

    private void Return(string caller, long bytes)
    {
        lock (_gate)
        {
            _held -= bytes;
            ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(_perCaller, caller, out _);
            own -= bytes;
            if (own == 0)
            {
                _perCaller.Remove(caller);
            }
        }
    }

    /// <summary>The bytes that one request has taken from the budget.</summary>
    public sealed class Lease(BodyMemoryBudget budget, string caller) : IDisposable
    {
        private long _bytes;

        /// <exception cref="RequestException">
        /// <see cref="ProblemCode.Overloaded"/>: all bodies together, or those of the caller, would exceed the budget.
        /// </exception>
        public void Take(long more)
        {
            if (!budget.TryTake(caller, more))
            {
                budget.Refused();
                throw new RequestException(ProblemCode.Overloaded, "The bodies of current requests use all the memory allowed for them; try again.");
            }

            _bytes += more;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, 0) is > 0 and var held)
            {
                budget.Return(caller, held);
            }
        }
    }
}
