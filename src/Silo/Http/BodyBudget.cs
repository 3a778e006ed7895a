using System.Runtime.InteropServices;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Hosting;

namespace ExecutionGrains.Silo.Http;

/// <summary>Bytes that the bodies of all requests together may hold, and those of one caller: half of them.</summary>
public sealed class BodyBudget(SiloOptions options, RefusalCounters counters)
{
    /// <summary>For callers without a key.</summary>
    private const string Nobody = "";
    private const long Mebibyte = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _perCaller = new(StringComparer.Ordinal);
    private readonly long _max = options.BodiesMiB > 0 ? options.BodiesMiB * Mebibyte : DefaultMax();
    private long _held;

    /// <summary>Bytes that bodies hold now.</summary>
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

    /// <summary>What one request holds; given back when its answer has been sent.</summary>
    public Lease Open(HttpContext http)
    {
        var lease = new Lease(this, http.Features.Get<Credential>()?.Key.KeyId ?? Nobody);
        http.Response.RegisterForDispose(lease);
        return lease;
    }

    /// <summary>An eighth of the memory that the process may use, 32 MiB to 1 GiB.</summary>
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

    /// <summary>The bytes of one request.</summary>
    public sealed class Lease(BodyBudget budget, string caller) : IDisposable
    {
        private long _bytes;

        /// <exception cref="RequestProblem">All bodies together, or the caller's, hold too much.</exception>
        public void Take(long more)
        {
            if (!budget.TryTake(caller, more))
            {
                budget.Refused();
                throw new RequestProblem(ProblemCode.Overloaded, "The bodies of the requests that are under way hold all memory that they may; try again.");
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
