using System.Text;

namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>A request as sent over the wire.</summary>
internal sealed record FuzzedRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    private const int ShownMax = 4_000;

    /// <summary>All of it as it is written to the connection; null: a client writes it.</summary>
    public byte[]? Raw { get; init; }

    /// <summary>Whether the server can see where the raw request ends. It need not answer one that is cut off.</summary>
    public bool IsWhole { get; init; } = true;

    public override string ToString()
    {
        if (Raw is not null)
        {
            return Encoding.Latin1.GetString(Raw.AsSpan(0, Math.Min(Raw.Length, ShownMax)));
        }

        var text = new StringBuilder($"{Method} {(Target.Length > 300 ? Target[..300] + " …" : Target)}\n");
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }

        return text.Append('\n').Append(Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, ShownMax)))).ToString();
    }
}
