using System.Text;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Encodes changes as NOTIFY payloads: the announcing silo's id, followed by a space and an id for each written execution. A silo's id alone means that any
/// execution may have changed. Statements that change API keys or secrets announce it themselves, as <see cref="Keys"/> with a silo id that belongs to no
/// silo.
/// </summary>
internal static class Announcement
{
    /// <summary>Length limit in bytes, and in characters because payloads are ASCII. PostgreSQL requires less than 8,000.</summary>
    public const int PayloadLengthMax = 7_999;

    /// <summary>
    /// Limit of payloads per announcement. More ids are announced as <see cref="Changes.Everything"/>, so that they do not fill the server's queue.
    /// </summary>
    public const int PayloadsMax = 16;

    /// <summary>Stands for API keys and secrets in place of an execution's id. Not a valid id, so silos of earlier versions ignore it.</summary>
    public const string Keys = "*keys";

    public static string[] Write(string silo, Changes changes)
    {
        List<string> payloads = [];
        var payload = new StringBuilder(silo);
        foreach (var id in changes.Ids)
        {
            if (payload.Length + 1 + id.Value.Length > PayloadLengthMax)
            {
                payloads.Add(payload.ToString());
                payload.Clear().Append(silo);
            }

            payload.Append(' ').Append(id.Value);
        }

        payloads.Add(payload.ToString());
        return changes.IsEverything || payloads.Count > PayloadsMax ? [silo] : [.. payloads];
    }

    /// <summary>Decodes a payload. Null: it is this silo's own, or it names no silo.</summary>
    public static Changes? Read(string silo, string payload)
    {
        var words = payload.Split(' ');
        return words[0] == silo || words[0].Length == 0 ? null
            : words.Length == 1 ? Changes.Everything
            : Changes.Of([.. words.Skip(1).Where(ExecutionId.IsValid).Select(word => new ExecutionId(word))]) with { AreKeys = words.Skip(1).Contains(Keys) };
    }
}
