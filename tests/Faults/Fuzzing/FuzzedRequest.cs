using System.Text;

namespace ExecutionGrains.Faults.Fuzzing;

/// <summary>A request as sent over the wire.</summary>
internal sealed record FuzzedRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public override string ToString()
    {
        var text = new StringBuilder($"{Method} {(Target.Length > 300 ? Target[..300] + " …" : Target)}\n");
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }

        return text.Append('\n').Append(Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 4_000)))).ToString();
    }
}
