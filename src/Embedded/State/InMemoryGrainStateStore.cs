using System.Globalization;

namespace ExecutionGrains.Embedded;

/// <summary>Lives as long as its process: for tests and for hosts without a database.</summary>
public sealed class InMemoryGrainStateStore : IGrainStateStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Grain, string Name), GrainStateRow> _rows = [];
    private long _lastEtag;

    public Task<GrainStateRow?> ReadAsync(string grain, string name, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_rows.GetValueOrDefault((grain, name)));
        }
    }

    public Task<string?> WriteAsync(string grain, string name, string json, string? etag, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_rows.GetValueOrDefault((grain, name))?.Etag != etag)
            {
                return Task.FromResult<string?>(null);
            }

            var next = (++_lastEtag).ToString(CultureInfo.InvariantCulture);
            _rows[(grain, name)] = new GrainStateRow(json, next);
            return Task.FromResult<string?>(next);
        }
    }

    public Task<bool> ClearAsync(string grain, string name, string? etag, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_rows.GetValueOrDefault((grain, name))?.Etag != etag)
            {
                return Task.FromResult(false);
            }

            _rows.Remove((grain, name));
            return Task.FromResult(true);
        }
    }
}
