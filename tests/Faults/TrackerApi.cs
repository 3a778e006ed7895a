using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Faults;

/// <summary>The HTTP contract from outside: raw requests without the SDK, so that the SDK's retries do not hide what a silo does.</summary>
internal sealed class TrackerApi : IDisposable
{
    private readonly HttpClient _http;

    public TrackerApi(Uri address, TimeSpan? timeout = null)
    {
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = address,
            Timeout = timeout ?? TimeSpan.FromSeconds(10),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SiloSettings.AdminKey);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The answer's status and body; null if no answer came.</summary>
    public async Task<(int Status, JsonElement Body)?> TryPostAsync(string path, string json, CancellationToken cancel = default)
    {
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync(path, content, cancel);
            return ((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel)).RootElement);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>The status of the answer; null if none came.</summary>
    public async Task<int?> TryGetAsync(string path)
    {
        try
        {
            using var answer = await _http.GetAsync(path);
            await answer.Content.CopyToAsync(Stream.Null);
            return (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    public async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await _http.GetStringAsync(path)).RootElement;

    /// <summary>Every item of a list, page by page.</summary>
    public async IAsyncEnumerable<JsonElement> ItemsAsync(string path)
    {
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await GetAsync(cursor is null ? $"{path}{separator}limit=1000" : $"{path}{separator}limit=1000&cursor={Uri.EscapeDataString(cursor)}");
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                yield return item;
            }

            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
    }

    public async Task<List<string>> AppliedEventsAsync(string executionId)
    {
        var ids = new List<string>();
        await foreach (var row in ItemsAsync($"/v1/executions/{executionId}/history"))
        {
            if (row.GetProperty("eventId").GetString() is { } id && row.GetProperty("result").GetString() is "applied" or "late")
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    public async Task<int> CountAsync(string status)
    {
        var count = 0;
        await foreach (var _ in ItemsAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/executions?status={status}")))
        {
            count++;
        }

        return count;
    }
}
