using System.Text;

namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Changes as payloads of NOTIFY: the silo's id, and then a blank and an execution's id, again and again; without any it is everything. Statements that
/// change API keys or
/// secrets announce that themselves, as <see cref="Keys"/> of no silo.
/// </summary>
internal static class Announcement
{
    /// <summary>In bytes, and in characters, for all of it is ASCII. NOTIFY takes less than 8,000.</summary>
    public const int PayloadLengthMax = 7_999;

    /// <summary>More would fill the server's queue sooner than tell anybody: then it is everything.</summary>
    public const int PayloadsMax = 16;

    /// <summary>In place of an execution's id, and no valid one: silos that do not know it pass over it.</summary>
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

    /// <summary>Null where it is the silo's own, or nobody's that we know.</summary>
    public static Changes? Read(string silo, string payload)
    {
        var words = payload.Split(' ');
        return words[0] == silo || words[0].Length == 0 ? null
            : words.Length == 1 ? Changes.Everything
            : Changes.Of([.. words.Skip(1).Where(ExecutionId.IsValid).Select(word => new ExecutionId(word))]) with { AreKeys = words.Skip(1).Contains(Keys) };
    }
}
