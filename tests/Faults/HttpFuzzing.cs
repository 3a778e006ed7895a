using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Faults.Fuzzing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>S21 at volume: a silo process, other workers that keep working, and requests with random errors of every kind, from a seed.</summary>
public sealed class HttpFuzzing(ITestOutputHelper output) : IDisposable
{
    private const int Concurrency = 16;

    /// <summary>FUZZ_REQUESTS: number of requests. Default 20,000; CI sends 100,000.</summary>
    private static readonly int Requests = Number("FUZZ_REQUESTS") ?? 20_000;

    /// <summary>FUZZ_SEED: the seed that a failure printed, to repeat it. Default: a new one.</summary>
    private static readonly int Seed = Number("FUZZ_SEED") ?? Random.Shared.Next();

    private const string UnreadableTrailers = "Microsoft.AspNetCore.Server.Kestrel[67]";

    /// <summary>In place of a text that came compressed.</summary>
    private const string Encoded = "(encoded)";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-fuzz-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task S21_each_mutated_request_gets_a_clear_answer_and_does_not_disturb_others()
    {
        output.WriteLine($"FUZZ_SEED={Seed}");
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.FullName));
        using var api = new TrackerApi(silo.Address, TimeSpan.FromMinutes(1));
        var book = new Acknowledged();
        await using var neighbours = new Workers([api], book, "neighbour");
        await neighbours.StartAsync(20, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.5));

        var failures = new ConcurrentBag<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        await Task.WhenAll(Enumerable.Range(0, Concurrency).Select(lane => SendAsync(silo.Address, Seed + lane, statuses, failures)));
        await neighbours.FinishAsync();

        output.WriteLine(string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}")));
        Assert.True(failures.IsEmpty, $"FUZZ_SEED={Seed}: {failures.Count} failures, such as\n{string.Join("\n\n", failures.Take(5))}");
        Assert.Equal(Requests / Concurrency * Concurrency, statuses.Values.Sum());
        Assert.True(
            statuses.GetValueOrDefault(200) > Requests / 50 && statuses.GetValueOrDefault(400) > Requests / 50,
            "The mutations are all sound, or all hopeless: they test nothing.");
        Assert.Empty(neighbours.Surprises);
        Assert.Equal(0, neighbours.SentAgain);
        Assert.Empty(await book.DifferencesAsync(api));
        // Kestrel's record of trailers that it cannot read. The silo limits how often it is logged.
        var told = silo.Output.Replace($"fail: {UnreadableTrailers}", "", StringComparison.Ordinal);
        var failed = told.IndexOf("fail:", StringComparison.Ordinal);
        Assert.True(failed < 0, failed < 0 ? null : $"FUZZ_SEED={Seed}: {told[failed..Math.Min(told.Length, failed + 3_000)]}");
    }

    private static async Task SendAsync(Uri address, int seed, ConcurrentDictionary<int, int> statuses, ConcurrentBag<string> failures)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var http = new HttpClient(handler);
        var mutation = new Mutation(seed);
        for (var i = 0; i < Requests / Concurrency && failures.Count < 10; i++)
        {
            var request = mutation.Next();
            try
            {
                var (status, mediaType, text) = request.Raw is null
                    ? await ProperAsync(http, address, request)
                    : await RawConnection.SendAsync(address, request);
                statuses.AddOrUpdate(status, 1, (_, n) => n + 1);
                if ((request.Raw is null ? Complaint(request, status, mediaType, text) : RawComplaint(request, status, mediaType, text)) is { } complaint)
                {
                    failures.Add($"{complaint}\n{request}\n\n{text}");
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                failures.Add($"no answer: {failure.Message}\n{request}");
            }
        }
    }

    private static async Task<(int Status, string? MediaType, string Text)> ProperAsync(HttpClient http, Uri address, FuzzedRequest request)
    {
        using var message = Message(address, request);
        using var answer = await http.SendAsync(message);
        // An encoding was asked for: the text is not what was sent.
        var text = answer.Content.Headers.ContentEncoding.Count > 0 ? Encoded : await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, text);
    }

    private static HttpRequestMessage Message(Uri address, FuzzedRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(address.GetLeftPart(UriPartial.Authority) + request.Target));
        message.Content = new ByteArrayContent(request.Body);
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    /// <summary>What is wrong with the answer to a request that no client would write; null: nothing.</summary>
    private static string? RawComplaint(FuzzedRequest request, int status, string? mediaType, string text) => status switch
    {
        0 => request.IsWhole ? "no answer" : null,
        >= 500 => $"{status}",
        // What the server refuses before there is a request has no body.
        >= 400 when text.Length > 0 && mediaType != "application/problem+json" => $"{status} as {mediaType}",
        _ => null,
    };

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What is wrong with an answer; null: nothing.</summary>
    private static string? Complaint(FuzzedRequest request, int status, string? mediaType, string text)
    {
        if (status >= 500)
        {
            return $"{status}";
        }

        // Kestrel itself refuses a NUL in the path, before there is a request that could be answered with a problem.
        if (status < 400 || request.Method == "HEAD" || (status == 400 && request.Target.Split('?')[0].Contains("%00", StringComparison.Ordinal)))
        {
            return null;
        }

        // Neither does a head of more than 64 KiB become a request.
        if (status is 414 or 431 && text.Length == 0)
        {
            return null;
        }

        if (mediaType != "application/problem+json")
        {
            return $"{status} as {mediaType}";
        }

        if (text == Encoded)
        {
            return null;
        }

        using var problem = JsonDocument.Parse(text);
        var root = problem.RootElement;
        var code = root.GetProperty("code").GetString();
        return root.GetProperty("status").GetInt32() == status
            && root.GetProperty("type").GetString() == $"urn:executiongrains:problem:{code}"
            && root.GetProperty("detail").GetString() is { Length: > 0 }
            ? null
            : $"{status} is no clear problem";
    }
}
