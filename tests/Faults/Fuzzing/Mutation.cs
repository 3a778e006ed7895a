using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>Makes valid requests invalid. One random source with one seed: the same seed gives the same requests.</summary>
internal sealed partial class Mutation(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Most go over a client that writes them properly; one in twelve is written byte by byte.</summary>
    public FuzzedRequest Next() => _random.Next(12) == 0 ? new RawMutation(_random).Of(NextProper()) : NextProper();

    private FuzzedRequest NextProper()
    {
        var (method, target, body) = Corpus.Requests[_random.Next(Corpus.Requests.Length)];
        var bytes = Encoding.UTF8.GetBytes(body);
        var headers = new List<(string Name, string Value)> { ("Authorization", $"Bearer {SiloSettings.AdminKey}") };
        if (bytes.Length > 0)
        {
            headers.Add(("Content-Type", "application/json"));
        }

        for (var mutations = _random.Next(1, 4); mutations > 0; mutations--)
        {
            switch (_random.Next(14))
            {
                case 0:
                    target = MutatedTarget(target);
                    break;
                case 12:
                    target = MutatedQuery(target);
                    break;
                case 13:
                    (bytes, var encoding) = new EncodingMutation(_random).Of(bytes);
                    headers.RemoveAll(h => h.Name == "Content-Encoding");
                    headers.Add(("Content-Encoding", encoding));
                    break;
                case 1:
                    headers = MutatedHeaders(headers);
                    break;
                case 2:
                    method = Any(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"]);
                    break;
                case 3 or 4 or 5:
                    bytes = MutatedBytes(bytes);
                    break;
                default:
                    bytes = MutatedJson(bytes);
                    break;
            }
        }

        return new FuzzedRequest(method, target, headers, bytes);
    }

    private string MutatedTarget(string target)
    {
        var parts = Parts().Matches(target);
        if (parts.Count == 0)
        {
            return target + Any(Corpus.UrlValues);
        }

        var part = parts[_random.Next(parts.Count)];
        return string.Concat(target.AsSpan(0, part.Index), Any(Corpus.UrlValues), target.AsSpan(part.Index + part.Length));
    }

    /// <summary>A parameter more, or the parameters as nobody writes them.</summary>
    private string MutatedQuery(string target)
    {
        var query = target.Contains('?', StringComparison.Ordinal) ? target[(target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
        var path = query.Length > 0 ? target[..^(query.Length + 1)] : target;
        var parts = query.Split('&');
        var part = parts[_random.Next(parts.Length)];
        var name = Any(Corpus.QueryNames);
        return _random.Next(9) switch
        {
            0 => $"{path}?{query}&{name}={Any(Corpus.UrlValues)}",
            1 => $"{path}?{string.Join('&', Enumerable.Repeat(part, Any([2, 32, 33, 64, 65, 300])))}",
            2 => $"{path}?{string.Join('&', Enumerable.Range(0, Any([2, 32, 33, 64, 65, 300])).Select(i => $"{name}=k{i}:{i}"))}",
            3 => $"{path}?{string.Concat(part.Select(c => $"%{(int)c:x2}"))}",
            4 => $"{path}?{query}&{name}={new string('v', Any([1_000, 7_000, 20_000]))}",
            5 => $"{path}?{part.ToUpperInvariant()}&{part}",
            6 => $"{path}?{query.Replace('&', Any([';', '?', '+']))}",
            7 => $"{path}?{Any(Corpus.OddQueries)}&{part}",
            _ => $"{path}?{name}{Any(["", "=", "%00", "%20", "[]", "[0]"])}={Any(Corpus.UrlValues)}",
        };
    }

    private List<(string Name, string Value)> MutatedHeaders(List<(string Name, string Value)> headers)
    {
        List<(string Name, string Value)> mutated = [.. headers];
        switch (_random.Next(8))
        {
            case 0 when mutated.Count > 0:
                mutated.RemoveAt(_random.Next(mutated.Count));
                break;
            case 1:
                mutated.RemoveAll(h => h.Name == "Authorization");
                mutated.Add((
                    "Authorization",
                    Any(["Bearer", "Bearer x", "Bearer eg_" + new string('A', 43), "Basic YTpi", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.e30."])));
                break;
            case 2:
                mutated.RemoveAll(h => h.Name == "Content-Type");
                mutated.Add(
                    ("Content-Type", Any(["text/plain", "application/x-ndjson", "application/json; charset=utf-16", "multipart/form-data; boundary=x", "x"])));
                break;
            case 3:
                mutated.Add(("Idempotency-Key", Any(Corpus.UrlValues)));
                break;
            case 4:
                mutated.Add(("X-Workflow-Trace", Any(["true", "TRUE", "1", ""])));
                break;
            default:
                mutated.Add(Any(Corpus.Headers));
                break;
        }

        return mutated;
    }

    private byte[] MutatedBytes(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [(byte)_random.Next(256)];
        }

        var at = _random.Next(bytes.Length);
        var length = Math.Min(_random.Next(1, 8), bytes.Length - at);
        var noise = new byte[length];
        _random.NextBytes(noise);
        return _random.Next(4) switch
        {
            0 => [.. bytes[..at], .. noise, .. bytes[(at + length)..]],
            1 => [.. bytes[..at], .. bytes[(at + length)..]],
            2 => [.. bytes[..at], .. noise, .. bytes[at..]],
            _ => bytes[..at],
        };
    }

    private byte[] MutatedJson(byte[] bytes)
    {
        try
        {
            return MutatedTree(JsonNode.Parse(bytes)) ?? MutatedBytes(bytes);
        }
        catch (Exception unsound) when (unsound is JsonException or InvalidOperationException or ArgumentException)
        {
            // An earlier mutation made it invalid JSON, so it is mutated as bytes.
            return MutatedBytes(bytes);
        }
    }

    private byte[]? MutatedTree(JsonNode? root)
    {
        var places = new List<JsonNode>();
        Collect(root, places);
        if (places.Count == 0)
        {
            return null;
        }

        const string mark = "@fuzzed@";
        var place = places[_random.Next(places.Count)];
        switch (place.Parent)
        {
            case JsonObject parent when _random.Next(5) == 0:
                parent.Remove(place.GetPropertyName());
                break;
            case JsonArray parent when _random.Next(3) == 0:
                parent.Add(place.DeepClone());
                break;
            default:
                place.ReplaceWith(mark);
                break;
        }

        var text = root!.ToJsonString().Replace($"\"{mark}\"", Any(Corpus.JsonValues), StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        foreach (var child in node switch
        {
            JsonObject o => o.Select(p => p.Value),
            JsonArray a => a,
            _ => [],
        })
        {
            if (child is not null)
            {
                places.Add(child);
                Collect(child, places);
            }
        }
    }

    private T Any<T>(T[] all) => all[_random.Next(all.Length)];

    [GeneratedRegex("[^/?&=]+")]
    private static partial Regex Parts();
}
