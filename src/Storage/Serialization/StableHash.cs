namespace ExecutionGrains.Storage.Serialization;

/// <summary>
/// FNV-1a over the UTF-16 code units of a text (http://www.isthe.com/chongo/tech/comp/fnv/). Stored, so it must be the same in every process and version.
/// </summary>
internal static class StableHash
{
    public static uint Of(string text)
    {
        var hash = 2166136261u;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return hash;
    }
}
